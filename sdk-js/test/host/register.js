// Puts the fake host in the place of the imports that the WebAssembly runtime provides.
import { register } from "node:module";

register("./hooks.js", import.meta.url);
