
use crate::guest::{Compiled, Guest, build, written};
#[tokio::test]
async fn zbench() {
    let raw = written(&[("raw.js", "import * as host from 'outrider:plugin/http@0.1.0'; export default function () {}")]);
    drop(raw);
    for (name, code) in [
        ("empty.ts", "export default function () {}"),
        ("get.ts", "import { http } from '@outrider/sdk'; export default function () { http.get('/'); }"),
        ("three.ts", "import { http, step, check } from '@outrider/sdk'; export default function () { step('s', () => { for (let i = 0; i < 3; i++) check('x', http.get('/').status === 200); }); }"),
        ("async1.ts", "import { http } from '@outrider/sdk'; export default async function () { await http.async.get('/'); }"),
        ("async3.ts", "import { http, step, check } from '@outrider/sdk'; export default async function () { await step('s', async () => { await Promise.all([http.async.get('/'), http.async.get('/'), http.async.get('/')]); }); }"),
    ] {
        let folder = written(&[(name, code)]);
        let started = std::time::Instant::now();
        let built = build(&folder.path().join(name));
        let took = started.elapsed();
        let mut guest = Guest::new(&Compiled::fast(&built)).await;
        for _ in 0..200 { guest.iterate("default").await.unwrap(); }
        guest.calls();
        let started = std::time::Instant::now();
        for _ in 0..5000 { guest.iterate("default").await.unwrap(); guest.calls(); }
        let per = started.elapsed() / 5000;
        eprintln!("{name}: built in {took:?}, {} bytes, {per:?} per iteration", built.component.len());
    }
}
