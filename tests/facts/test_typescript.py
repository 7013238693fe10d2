"""The facts of each kind of TypeScript, written as `ordinal Kind fields`."""

import pytest

MODULES = (
    (
        "imports",
        "import a, { b as c } from './x'; import * as d from 'y'; import 'z'",
        "0 Import ./x default; 1 Bind a 0; 2 Import ./x b; 3 Bind c 2; 4 Import y; 5 Bind d 4; 6 Import z",
    ),
    (
        "require",
        "const { a, b: c } = require('x'); const d = await import('y')",
        ("0 Read require; 1 Import x; 2 Unpack 1 0 a; 3 Bind a 2; 4 Unpack 1 1 b; 5 Bind c 4; 6 Read import; 7 Import y; 8 Bind d 7"),
    ),
    (
        "exports",
        "export const a = 1; export { a as b }; export default a",
        "0 Literal 1; 1 Bind a 0; 2 Export a 0; 3 Read a; 4 Export b 3; 5 Read a; 6 Export default 5",
    ),
    (
        "exports of another module",
        "export { a as b } from './x'; export * from 'y'; export * as c from 'z'",
        "0 Import ./x a; 1 Export b 0; 2 Import y *; 3 Export * 2; 4 Import z; 5 Export c 4",
    ),
    (
        "CommonJS exports",
        "module.exports = { a: b }; exports.c = d",
        (
            "0 Literal a; 1 Read b; 2 Collection dict (0:1); 3 Read module; 4 BindAttribute 3 exports 2; 5 Export default 2; "
            "6 Export a 1; 7 Read d; 8 Read exports; 9 BindAttribute 8 c 7; 10 Export c 7"
        ),
    ),
    ("export of a function", "export async function f() {}", "0 Define f; 1 Bind f 0; 2 Export f 0"),
    (
        "declarations",
        "const a: T = b, c = d; let e",
        "0 Read b; 1 Read T; 2 Annotated a 1; 3 Bind a 0; 4 Read d; 5 Bind c 4; 6 Literal None; 7 Bind e 6",
    ),
    (
        "destructuring",
        "const { a, b: [c, , ...d], e = 1, ...f } = g",
        (
            "0 Read g; 1 Unpack 0 0 a; 2 Bind a 1; 3 Unpack 0 1 b; 4 Unpack 3 0; 5 Bind c 4; 6 Unpack 3 -1; 7 Bind d 6; "
            "8 Unpack 0 2 e; 9 Literal 1; 10 Operation or (8 9); 11 Bind e 10; 12 Unpack 0 -1; 13 Bind f 12"
        ),
    ),
    (
        "assignments",
        "a = b; a.b = c; a[k] = c; [a, b] = c; a += b; a.b ||= c; i++",
        (
            "0 Read b; 1 Bind a 0; 2 Read c; 3 Read a; 4 BindAttribute 3 b 2; 5 Read c; 6 Read a; 7 Read k; 8 BindItem 6 7 5; "
            "9 Read c; 10 Unpack 9 0; 11 Bind a 10; 12 Unpack 9 1; 13 Bind b 12; 14 Read a; 15 Read b; 16 Operation + (14 15); "
            "17 Bind a 16 augmented; 18 Read a; 19 Attribute 18 b; 20 Read c; 21 Operation or (19 20); 22 Read a; "
            "23 BindAttribute 22 b 21; 24 Read i; 25 Literal 1; 26 Operation + (24 25); 27 Bind i 26 augmented"
        ),
    ),
    ("members", "a.b?.c![d]; this.e", "0 Read a; 1 Attribute 0 b; 2 Attribute 1 c; 3 Read d; 4 Item 2 3; 5 Read this; 6 Attribute 5 e"),
    (
        "call and new",
        "f(a, ...b); new m.A(c)",
        "0 Read f; 1 Read a; 2 Read b; 3 Call 0 (1 *=2); 4 Read m; 5 Attribute 4 A; 6 Read c; 7 Call 5 (6) new",
    ),
    (
        "object",
        "x = { a, b: 1, [c]: 2, ...d, 'e': f }",
        (
            "0 Literal a; 1 Read a; 2 Literal b; 3 Literal 1; 4 Read c; 5 Literal 2; 6 Read d; 7 Literal e; 8 Read f; "
            "9 Collection dict (0:1 2:3 4:5 *6 7:8); 10 Bind x 9"
        ),
    ),
    (
        "functions in an object",
        "x = { m() {}, n: () => 1, async o() {} }",
        ("0 Literal m; 1 Define m; 2 Literal n; 3 Define n; 4 Literal o; 5 Define o; 6 Collection dict (0:1 2:3 4:5); 7 Bind x 6"),
    ),
    ("array", "[a, ...b]", "0 Read a; 1 Read b; 2 Collection list (0 *1)"),
    (
        "template",
        "`a${b}c${d}`; `plain`; tag`x${y}`",
        (
            "0 Literal a; 1 Read b; 2 Literal c; 3 Read d; 4 Template (0 1 2 3); 5 Literal plain; 6 Read tag; 7 Literal x; "
            "8 Read y; 9 Template (7 8); 10 Call 6 (9 8)"
        ),
    ),
    (
        "operators",
        "a && b || c; a ?? b; a === b; !a; -1; typeof a; a ? b : c; (a, b)",
        (
            "0 Read a; 1 Read b; 2 Operation and (0 1); 3 Read c; 4 Operation or (2 3); 5 Read a; 6 Read b; "
            "7 Operation or (5 6); 8 Read a; 9 Read b; 10 Operation == (8 9); 11 Read a; 12 Operation not (11); 13 Literal 1; "
            "14 Literal -1; 15 Read a; 16 Operation typeof (15); 17 Read a; 18 Read b; 19 Read c; "
            "20 Operation if-else (17 18 19); 21 Read a; 22 Read b"
        ),
    ),
    (
        "constants",
        "1; 'a\\u00e9\\ud83d\\ude00'; true; null; undefined; /x/g",
        "0 Literal 1; 1 Literal aé😀; 2 Literal True; 3 Literal None; 4 Literal None; 5 Literal /x/g",
    ),
    ("transparent", "await (a as T); b satisfies T", "0 Read a; 1 Read b"),
    (
        "if",
        "if (a) b; else if (c) { d } else e",
        ("0 Read a; 1 Branch 0; 2 Read b; 3 Otherwise; 4 Read c; 5 Branch 4; 6 Read d; 7 Otherwise; 8 Read e; 9 Join; 10 Join"),
    ),
    (
        "loops",
        "for (const a of b) c; for (let i = 0; i < 2; i++) d; while (true) break; do e; while (f)",
        (
            "0 Read b; 1 Loop; 2 Iterate 0; 3 Bind a 2; 4 Read c; 5 EndLoop; 6 Literal 0; 7 Bind i 6; 8 Read i; 9 Literal 2; "
            "10 Operation < (8 9); 11 Loop 10; 12 Read d; 13 Read i; 14 Literal 1; 15 Operation + (13 14); "
            "16 Bind i 15 augmented; 17 EndLoop; 18 Literal True; 19 Loop 18 forever; 20 Leave; 21 EndLoop; 22 Loop; 23 Read e; "
            "24 Read f; 25 EndLoop"
        ),
    ),
    (
        "try",
        "try { a } catch (e) { throw e } finally { b }",
        "0 Try; 1 Read a; 2 Handler; 3 Caught; 4 Bind e 3; 5 Read e; 6 Raise 5; 7 Finally; 8 Read b; 9 EndTry",
    ),
    (
        "switch",
        "switch (a) { case 1: b; default: c }",
        "0 Read a; 1 Literal 1; 2 Operation == (0 1); 3 Branch 2; 4 Read b; 5 Otherwise; 6 Read c; 7 Join",
    ),
    ("hoisting", "f(); function f() {}", "0 Define f; 1 Bind f 0; 2 Read f; 3 Call 2"),
    (
        "decorated class",
        "@d(1) class A extends B<T> {}",
        "0 Read d; 1 Literal 1; 2 Call 0 (1); 3 Read B; 4 Define A; 5 Call 2 (4); 6 Bind A 5",
    ),
    (
        "enum and type",
        "enum E { A } type T = A<B> | C[]; interface I {}",
        (
            "0 Read Enum; 1 Define E; 2 Bind E 1; 3 Read A; 4 Read B; 5 Item 3 4; 6 Read Array; 7 Read C; 8 Item 6 7; "
            "9 Operation | (5 8); 10 Bind T 9; 11 Read Protocol; 12 Define I; 13 Bind I 12"
        ),
    ),
    (
        "markup as it is",
        "x = <div dangerouslySetInnerHTML={{ __html: a }} />",
        (
            "0 Literal div; 1 Literal dangerouslySetInnerHTML; 2 Literal __html; 3 Read a; 4 Collection dict (2:3); "
            "5 Collection dict (1:4); 6 Call 0 (5) new; 7 Bind x 6"
        ),
    ),
    (
        "types of constants",
        "let a: 'b' | 1 | null; let c: keyof typeof d; let e: (typeof f)[number]; let g: () => void",
        (
            "0 Read Literal; 1 Literal b; 2 Item 0 1; 3 Read Literal; 4 Literal 1; 5 Item 3 4; 6 Operation | (2 5); 7 Literal None; "
            "8 Operation | (6 7); 9 Annotated a 8; 10 Literal None; 11 Bind a 10; 12 Read Literal; 13 Read d; 14 Item 12 13; "
            "15 Annotated c 14; 16 Literal None; 17 Bind c 16; 18 Read Literal; 19 Read f; 20 Item 18 19; 21 Annotated e 20; "
            "22 Literal None; 23 Bind e 22; 24 Read unknown; 25 Annotated g 24; 26 Literal None; 27 Bind g 26"
        ),
    ),
    (
        "a parameter's decorators",
        "class A { m(@Body() a: T, @Req b) {} }",
        "0 Define A; 1 Bind A 0",
    ),
    (
        "a function that clients call",
        "async function f() { 'use server'; g() }",
        "0 Read use server; 1 Define f; 2 Call 0 (1); 3 Bind f 2",
    ),
    (
        "a module that clients call",
        "'use server'; export async function f() {} function g() {}",
        (
            "0 Read use server; 1 Define g; 2 Bind g 1; 3 Literal use server; 4 Read use server; 5 Define f; 6 Call 4 (5); 7 Bind f 6; "
            "8 Export f 6"
        ),
    ),
    ("a decorated export", "@d() export class A {}", "0 Read d; 1 Call 0; 2 Define A; 3 Call 1 (2); 4 Bind A 3; 5 Export A 3"),
    (
        "a namespace",
        "namespace N { export const a = 1 }",
        "0 Literal 1; 1 Bind a 0; 2 Export a 0; 3 Literal a; 4 Collection dict (3:0); 5 Bind N 4",
    ),
    (
        "cases that share statements",
        "switch (a) { case 1: case 2: b; break; default: c }",
        (
            "0 Read a; 1 Literal 1; 2 Operation == (0 1); 3 Literal 2; 4 Operation == (0 3); 5 Operation or (2 4); 6 Branch 5; 7 Read b; "
            "8 Otherwise; 9 Read c; 10 Join"
        ),
    ),
    (
        "leaving a loop inside a switch, and a switch inside a loop",
        "for (;;) { switch (a) { case 1: continue } } switch (b) { case 1: for (;;) break }",
        (
            "0 Loop forever; 1 Read a; 2 Literal 1; 3 Operation == (1 2); 4 Branch 3; 5 Leave; 6 Join; 7 EndLoop; 8 Read b; 9 Literal 1; "
            "10 Operation == (8 9); 11 Branch 10; 12 Loop forever; 13 Leave; 14 EndLoop; 15 Join"
        ),
    ),
    (
        "JSX",
        "x = <A.B a='1' b={c} {...d} e><p/> text </A.B>",
        (
            "0 Read A; 1 Attribute 0 B; 2 Literal a; 3 Literal 1; 4 Literal b; 5 Read c; 6 Read d; 7 Literal e; 8 Literal True; "
            "9 Literal p; 10 Collection dict; 11 Call 9 (10) new; 12 Literal text; 13 Literal children; "
            "14 Collection list (11 12); 15 Collection dict (2:3 4:5 *6 7:8 13:14); 16 Call 1 (15) new; 17 Bind x 16"
        ),
    ),
)

DEFINITIONS = (
    (
        "parameters",
        "function f(a: T, { b, c = 1 }: P, d?: U, ...e): R { return a }",
        "f",
        (
            "0 Parameter a 0; 1 Parameter '' 1; 2 Parameter d 2; 3 Parameter e rest; 4 Unpack 1 0 b; 5 Bind b 4; 6 Unpack 1 1 c; "
            "7 Literal 1; 8 Operation or (6 7); 9 Bind c 8; 10 Read a; 11 Return 10"
        ),
    ),
    (
        "parameters around",
        "function f(a: T, { b, c = 1 }: P, d?: U, ...e): R { return a }",
        "",
        "0 Read T; 1 Read P; 2 Read U; 3 Read R; 4 Define f; 5 Bind f 4",
    ),
    ("arrow", "const f = async (a) => await g(a)", "f", "0 Parameter a; 1 Read g; 2 Read a; 3 Call 1 (2); 4 Return 3"),
    ("arrow with one name", "xs.map(x => x.y)", "<lambda>", "0 Parameter x; 1 Read x; 2 Attribute 1 y; 3 Return 2"),
    (
        "class body",
        "class A { x: T = 1; @d m() {} get p() { return 1 } static { s() } }",
        "A",
        (
            "0 Read T; 1 Annotated x 0; 2 Literal 1; 3 Bind x 2; 4 Read d; 5 Define A.m; 6 Call 4 (5); 7 Bind m 6; 8 Read get; "
            "9 Define A.p; 10 Bind p 9; 11 Read s; 12 Call 11"
        ),
    ),
    (
        "constructor",
        "class A { constructor(private a: T) { super() } }",
        "A.constructor",
        "0 Parameter a 0; 1 Read this; 2 BindAttribute 1 a 0; 3 Read super; 4 Call 3",
    ),
    (
        "decorated parameters",
        "class A { m(@Body() a: T, @Req b) {} }",
        "A",
        (
            "0 Read Body; 1 Call 0; 2 Read T; 3 Read Annotated; 4 Collection tuple (2 1); 5 Item 3 4; 6 Read Req; 7 Read Annotated; "
            "8 Read unknown; 9 Collection tuple (8 6); 10 Item 7 9; 11 Define A.m; 12 Bind m 11"
        ),
    ),
    (
        "names of a scope around",
        "function f(a) { let b; a = 1; b = 2; c = 3; d++; [e] = g; var c2 = 4; c2 = 5 }",
        "f",
        (
            "0 Parameter a; 1 Literal None; 2 Bind b 1; 3 Literal 1; 4 Bind a 3; 5 Literal 2; 6 Bind b 5; 7 Literal 3; 8 Bind c 7; "
            "9 Read d; 10 Literal 1; 11 Operation + (9 10); 12 Bind d 11 augmented; 13 Read g; 14 Unpack 13 0; 15 Bind e 14; "
            "16 Literal 4; 17 Bind c2 16; 18 Literal 5; 19 Bind c2 18; 20 Declare (c d e) nonlocal"
        ),
    ),
    ("this as a parameter", "function f(this: T, a: U) {}", "f", "0 Parameter a 1"),
    (
        "an interface",
        "interface I extends J { a?: T; readonly 'b': U; m(): V }",
        "I",
        "0 Read T; 1 Annotated a 0; 2 Read U; 3 Annotated b 2",
    ),
    ("an object type", "type T = { a: U }", "T", "0 Read U; 1 Annotated a 0"),
    (
        "an enumeration",
        "enum E { A = 'x', B, C = A | B }",
        "E",
        "0 Literal x; 1 Bind A 0; 2 Literal 1; 3 Bind B 2; 4 Read A; 5 Read B; 6 Operation | (4 5); 7 Bind C 6",
    ),
    ("a method that is assigned", "exports.f = function () { g() }", "f", "0 Read g; 1 Call 0"),
    ("generator", "function* f() { yield a; yield* b }", "f", "0 Read a; 1 Yield 0; 2 Read b; 3 Yield 2 each"),
)


@pytest.mark.parametrize(("code", "expected"), [pytest.param(code, expected, id=name) for name, code, expected in MODULES])
def test_code_gives_facts(lines_of, code, expected):
    assert lines_of(code, language="tsx") == expected


@pytest.mark.parametrize(("code", "path", "expected"), [pytest.param(*case, id=name) for name, *case in DEFINITIONS])
def test_definition_gives_facts(lines_of, code, path, expected):
    assert lines_of(code, path, "tsx") == expected


def test_definitions_have_paths_and_records(facts_of):
    code = "export class A { async *m() { yield () => 1 } static n = function () {} }\nconst f = () => ({ g() {} })\nexport default () => 1"
    found = {definition.path: definition for definition in facts_of(code, "typescript").facts.definitions}
    assert list(found) == ["", "A", "A.m", "A.m.<lambda>", "A.n", "f", "f.g", "default"]
    assert [found[path].kind for path in found] == ["module", "class", "function", "lambda", "function", "function", "function", "function"]
    assert found["A.m"].is_async
    assert found["A.m"].is_generator
