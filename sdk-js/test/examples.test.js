// The examples of the declarations and the guides are ones that TypeScript accepts.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import ts from "typescript";

const path = (name) => fileURLToPath(new URL(`../${name}`, import.meta.url));
const DECLARATIONS = path("index.d.ts");
const OPTIONS = {
  target: ts.ScriptTarget.ES2023,
  lib: ["lib.es2023.d.ts"],
  module: ts.ModuleKind.Preserve,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  types: [],
  strict: true,
  noEmit: true,
  erasableSyntaxOnly: true,
  verbatimModuleSyntax: true,
  paths: { "@outrider/sdk": [DECLARATIONS] },
};

/** The blocks of a comment or of a guide. */
function examplesIn(text) {
  const bare = text.replaceAll(/^ *\* ?/gm, "");
  return [...bare.matchAll(/```ts\n([^]*?)```/g)].map(([, code]) => code);
}

/** What TypeScript says against a module. */
function faultsOf(code) {
  const name = path("test/example.ts");
  const host = ts.createCompilerHost(OPTIONS);
  const { getSourceFile, fileExists } = host;
  host.getSourceFile = (file, ...rest) => (file === name ? ts.createSourceFile(file, code, ts.ScriptTarget.ES2023) : getSourceFile(file, ...rest));
  host.fileExists = (file) => file === name || fileExists(file);
  const program = ts.createProgram([name], OPTIONS, host);
  return ts.getPreEmitDiagnostics(program).map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n"));
}

for (const [index, code] of examplesIn(readFileSync(DECLARATIONS, "utf8")).entries()) {
  test(`example ${index + 1} of the declarations`, () => {
    assert.match(code, /from "@outrider\/sdk"/);
    assert.deepEqual(faultsOf(code), []);
  });
}

test("every kind of plugin has an example", () => {
  const examples = examplesIn(readFileSync(DECLARATIONS, "utf8")).join("\n");
  for (const defined of ["journey", "assertionPack", "transform", "alertChannel"]) {
    assert.ok(examples.includes(`export default ${defined}({`), defined);
  }
});

test("whole examples of the guides are accepted", () => {
  for (const guide of ["assertion-packs.md", "transforms-and-alert-channels.md"]) {
    const examples = examplesIn(readFileSync(path(`../docs/guides/${guide}`), "utf8")).filter((code) => code.startsWith("import "));
    assert.ok(examples.length > 0, guide);
    for (const code of examples) assert.deepEqual(faultsOf(code), [], `${guide}:\n${code}`);
  }
});

test("a wrong example would be noticed", () => {
  assert.match(faultsOf('import { http } from "@outrider/sdk";\nhttp.gett("/");\n')[0], /Property 'gett' does not exist/);
});
