"""What a value is called in TypeScript and JavaScript, through everything that these languages let stand between."""

# ruff: noqa: E501 - a case is a line

from __future__ import annotations

import pytest

CASES = {
    "an import": ("import { run } from 'a'; probe(run)", ["npm:a.run"]),
    "a default": ("import A from 'a'; probe(new A().x)", ["npm:a.default().x"]),
    "a namespace": ("import * as a from 'node:fs'; probe(a.run)", ["npm:fs.run"]),
    "a require": ("const { run: go } = require('a'); probe(go)", ["npm:a.run"]),
    "a global": ("probe(globalThis.fetch); probe(process.env)", ["npm:js.fetch", "npm:js.process.env"]),
    "a relative import": ({"app.ts": "import { run } from './b'; probe(run)", "b.ts": "export { go as run } from 'a'"}, ["npm:a.go"]),
    "a file named by what it becomes": ({"app.ts": "import { run } from './b.js'; probe(run)", "b.ts": "export { run } from 'a'"}, ["npm:a.run"]),
    "a barrel": ({"app.ts": "import { run } from './lib'; probe(run)", "lib/index.ts": "export * from './x'", "lib/x.ts": "import { run } from 'a'; export { run }"}, ["npm:a.run"]),
    "a barrel of a package": ({"app.ts": "import { run } from './lib'; probe(run)", "lib.ts": "export * from 'a'"}, ["npm:a.run"]),
    "a renamed export": ({"app.ts": "import { go } from './b'; probe(go)", "b.ts": "import { run } from 'a'; const go = 1; export { run as go }"}, ["npm:a.run"]),
    "a namespace of a module": ({"app.ts": "import { b } from './lib'; probe(b.run)", "lib.ts": "export * as b from './b'", "b.ts": "export { run } from 'a'"}, ["npm:a.run"]),
    "module.exports": ({"app.js": "const b = require('./b'); probe(b.run)", "b.js": "const { run } = require('a'); module.exports = { run }"}, ["npm:a.run"]),
    "module.exports as a class": ({"app.js": "const B = require('./b'); probe(new B().c.x)", "b.js": "const a = require('a'); class B { constructor() { this.c = new a.C() } } module.exports = B"}, ["npm:a.C().x"]),
    "exports": ({"app.js": "const { run } = require('./b'); probe(run)", "b.js": "exports.run = require('a').run"}, ["npm:a.run"]),
    "a default of ours": ({"app.ts": "import client from './b'; probe(client.x)", "b.ts": "import A from 'a'; const c = new A(); export default c"}, ["npm:a.default().x"]),
    "a field": ("import A from 'a'; class B { c = new A(); f() { probe(this.c.x) } }", ["npm:a.default().x"]),
    "a field that the constructor sets": ("import A from 'a'; class B { constructor() { this.c = new A() } f() { probe(this.c.x) } }", ["npm:a.default().x"]),
    "a field inside a callback": ("import A from 'a'; class B { c = new A(); f(xs) { xs.map(x => { probe(this.c.x) }) } }", ["npm:a.default().x"]),
    "a parameter that is a property": ("import { A } from 'a'; class B { constructor(private c: A) {} f() { probe(this.c.x) } }", ["npm:a.A().x"]),
    "a static field": ("import A from 'a'; class B { static c = new A() } probe(B.c.x)", ["npm:a.default().x"]),
    "a static method": ("import A from 'a'; class B { static make() { return new A() } } probe(B.make().x)", ["npm:a.default().x"]),
    "a getter": ("import A from 'a'; class B { get c() { return new A() } } probe(new B().c.x)", ["npm:a.default().x"]),
    "a base of others": ("import { A } from 'a'; class B extends A { f() { probe(this.send, super.send) } }", ["npm:a.A().send"]),
    "a base of ours": ("import A from 'a'; class B { c = new A() } class D extends B { f() { probe(this.c.x) } }", ["npm:a.default().x"]),
    "what implements an interface": ("import A from 'a'; interface I { c: string } class B implements I { d = new A() } function f(i: I) { probe(i.d.x) }", ["npm:a.default().x"]),
    "an interface's field": ("import { A } from 'a'; interface I { c: A } function f(i: I) { probe(i.c.x) }", ["npm:a.A().x"]),
    "an object type": ("import { A } from 'a'; function f({ c }: { c: A }) { probe(c.x) }", ["npm:a.A().x"]),
    "an alias": ("import { A } from 'a'; type T = { c: A } & { d: string }; function f(t: T) { probe(t.c.x) }", ["npm:a.A().x", "npm:js.Protocol().c.x"]),
    "an annotation": ("import type { A } from 'a'; function f(c: A | null, d?: Promise<A>) { probe(c?.x, d.x) }", ["npm:a.A().x"]),
    "a list of them": ("import { A } from 'a'; function f(cs: A[]) { for (const c of cs) probe(c.x) }", ["npm:a.A().x"]),
    "a list that is mapped": ("import { A } from 'a'; function f(cs: A[]) { cs.filter(Boolean).map(c => probe(c.x)) }", ["npm:a.A().x"]),
    "a constant's text is no name": ("function f(c: 'a' | 'b') { probe(c.x) }", []),
    "an object's method": ("import { run } from 'a'; const o = { m() { return run }, n: { p: run } }; probe(o.m(), o.n.p)", ["npm:a.run"]),
    "an object's method elsewhere": ({"app.ts": "import { o } from './b'; probe(o.run)", "b.ts": "import { run } from 'a'; export const o = { run }"}, ["npm:a.run"]),
    "a table": ("import { f, g } from 'a'; const t = { f, g }; probe(t[name])", ["npm:a.f", "npm:a.g"]),
    "entries of a table": ("import { f } from 'a'; const t = { f }; for (const [k, v] of Object.entries(t)) probe(v)", ["npm:a.f"]),
    "a frozen table": ("import { f } from 'a'; const t = Object.freeze({ f }); probe(t.f)", ["npm:a.f"]),
    "a promise": ("import { f } from 'a'; f().then(c => probe(c.x)); const d = await f().catch(g); probe(d.y)", ["npm:a.f().x", "npm:a.f().y"]),
    "a chain of promises": ("import { f } from 'a'; f().then(c => c.g()).then(d => probe(d.x))", ["npm:a.f().g().x"]),
    "promises together": ("import { f, g } from 'a'; const [c, d] = await Promise.all([f(), g()]); probe(c.x, d.x)", ["npm:a.f().x", "npm:a.g().x"]),
    "what callers pass": ("import A from 'a'; function f(c) { probe(c.x) } f(new A())", ["npm:a.default().x"]),
    "what a component is given": ("import A from 'a'; const P = ({ c }) => { probe(c.x) }; const q = <P c={new A()} />", ["npm:a.default().x"]),
    "a namespace of ours": ("import A from 'a'; namespace N { export const c = new A() } probe(N.c.x)", ["npm:a.default().x"]),
    "optional, sure, and retyped": ("import A from 'a'; const c = new A(); probe((c as any)!.x?.y)", ["npm:a.default().x.y"]),
    "either of two": ("import { f, g } from 'a'; probe(f ?? g)", ["npm:a.f", "npm:a.g"]),
}


@pytest.mark.parametrize(("files", "expected"), [pytest.param(*case, id=name) for name, case in CASES.items()])
def test_value_goes_by_name(linked, files, expected):
    files = {"app.tsx": files} if isinstance(files, str) else files
    assert linked(files).names() == expected
