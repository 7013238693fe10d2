"""Which file a script's import means: aliases, packages of the workspace, what they export, and the endings that may be left out."""

# ruff: noqa: E501 - a case is a line

from __future__ import annotations

import pytest

HERE = "import { run } from 'a'; export { run }"
OURS = ["npm:a.run"]

CASES = {
    "an alias": ({"tsconfig.json": '{"compilerOptions": {"paths": {"@/*": ["./src/*"]}}}', "src/b.ts": HERE}, "@/b", OURS),
    "an alias beside comments": (
        {"tsconfig.json": '{\n // ours\n "compilerOptions": {"baseUrl": ".", "paths": {"~/*": ["src/*"],},},\n}', "src/b.ts": HERE}, "~/b", OURS,
    ),
    "the longer alias": (
        {"tsconfig.json": '{"compilerOptions": {"paths": {"@/*": ["./x/*"], "@/lib/*": ["./y/*"]}}}', "y/b.ts": HERE, "x/lib/b.ts": ""},
        "@/lib/b", OURS,
    ),
    "an alias of one name": ({"jsconfig.json": '{"compilerOptions": {"paths": {"lib": ["./src/lib"]}}}', "src/lib/index.js": HERE}, "lib", OURS),
    "an alias that is inherited": (
        {"tsconfig.json": '{"extends": "./base/tsconfig.base.json"}',
         "base/tsconfig.base.json": '{"compilerOptions": {"paths": {"@/*": ["../src/*"]}}}', "src/b.ts": HERE}, "@/b", OURS,
    ),
    "a base": ({"tsconfig.json": '{"compilerOptions": {"baseUrl": "src"}}', "src/lib/b.ts": HERE}, "lib/b", OURS),
    "a package of others": ({"tsconfig.json": '{"compilerOptions": {"baseUrl": "."}}'}, "b", ["npm:b.run"]),
    "a package of the workspace": ({"packages/b/package.json": '{"name": "@x/b", "main": "dist/index.js"}', "packages/b/src/index.ts": HERE}, "@x/b", OURS),
    "what a package exports": (
        {"packages/b/package.json": '{"name": "b", "exports": {".": "./dist/index.js", "./sub": {"types": "./dist/s.d.ts", "import": "./dist/s.mjs"}}}',
         "packages/b/src/s.ts": HERE, "packages/b/src/index.ts": ""}, "b/sub", OURS,
    ),
    "a pattern of exports": (
        {"packages/b/package.json": '{"name": "b", "exports": {"./*": "./src/*.ts"}}', "packages/b/src/s.ts": HERE}, "b/s", OURS,
    ),
    "a file of a package": ({"packages/b/package.json": '{"name": "b"}', "packages/b/lib/s.js": HERE}, "b/lib/s", OURS),
    "a private name": ({"package.json": '{"name": "p", "imports": {"#b": "./src/b.js"}}', "src/b.js": HERE}, "#b", OURS),
    "an index": ({"lib/index.tsx": HERE}, "./lib", OURS),
    "what a module is made into": ({"lib.mts": HERE}, "./lib.mjs", OURS),
    "declarations alone": ({"lib.d.ts": "export declare function run(): void"}, "./lib", ["~lib.d.ts.run"]),
    "the file, not its declarations": ({"lib.d.ts": "export declare function run(): void", "lib.js": HERE}, "./lib", OURS),
    "a name with a dot": ({"lib.server.ts": HERE}, "./lib.server", OURS),
    "a manifest that is broken": ({"tsconfig.json": '{"compilerOptions": {"paths": ["@/*"', "package.json": "[]"}, "@/b", ["npm:@/b.run"]),
}


@pytest.mark.parametrize(("files", "module", "expected"), [pytest.param(*case, id=name) for name, case in CASES.items()])
def test_import_means_file(linked, files, module, expected):
    assert linked({**files, "app.ts": f"import {{ run }} from '{module}'; probe(run)"}).names() == expected


def test_nearest_configuration_counts(linked):
    files = {
        "tsconfig.json": '{"compilerOptions": {"paths": {"@/*": ["./a/*"]}}}',
        "web/tsconfig.json": '{"compilerOptions": {"paths": {"@/*": ["./b/*"]}}}',
        "a/x.ts": "export { run } from 'root'",
        "web/b/x.ts": "export { run } from 'web'",
    }
    assert linked({**files, "web/app.ts": "import { run } from '@/x'; probe(run)"}).names() == ["npm:web.run"]
    assert linked({**files, "app.ts": "import { run } from '@/x'; probe(run)"}).names() == ["npm:root.run"]
