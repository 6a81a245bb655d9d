import assert from "node:assert/strict";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import * as sdk from "@outrider/sdk";

const DECLARATIONS = fileURLToPath(new URL("../index.d.ts", import.meta.url));
const program = ts.createProgram([DECLARATIONS], { noEmit: true, lib: ["lib.es2023.d.ts"], types: [], strict: true });
const checker = program.getTypeChecker();
const declared = checker.getExportsOfModule(checker.getSymbolAtLocation(program.getSourceFile(DECLARATIONS)));
const values = declared.filter(({ flags }) => flags & ts.SymbolFlags.Value);

/** The members that the declarations give a constant. */
function membersOf(name) {
  const symbol = values.find((value) => value.name === name);
  return checker.getTypeOfSymbol(symbol).getProperties().map((property) => property.name).sort(); // prettier-ignore
}

test("the declarations declare what the package exports", () => {
  assert.deepEqual(values.map(({ name }) => name).sort(), Object.keys(sdk).sort());
});

test("the declarations declare the members of each object", () => {
  for (const name of ["http", "metrics", "log", "random", "data", "vars"]) {
    assert.deepEqual(membersOf(name), Object.keys(sdk[name]).sort(), name);
  }
  assert.deepEqual(membersOf("think"), Object.keys(sdk.think));
});

test("the declarations are free of errors", () => {
  assert.deepEqual(ts.getPreEmitDiagnostics(program).map(({ messageText }) => messageText), []);
});
