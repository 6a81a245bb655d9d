// Modules of packages that are CommonJS. The toolchain makes a function of each, which is called when the module is
// required for the first time, as in Node: so modules that require each other meet in the same order as there.
//
//     import { load as __outrider_load } from "@outrider/sdk/commonjs";
//     import { __outrider_require as __outrider_0 } from "./dep.js";
//     export function __outrider_require() { return __outrider_load("node_modules/x/index.js", __outrider_body, __outrider_required); }
//     function __outrider_required(name) { switch (name) { case "./dep": return __outrider_0(); default: return __outrider_missing(name); } }
//     function __outrider_body(exports, require, module, __filename, __dirname) { … }

const modules = new Map();

/** The exports of a module. */
export function load(name, body, required) {
  const known = modules.get(name);
  if (known !== undefined) return known.exports;
  const module = { exports: {}, id: `/${name}`, filename: `/${name}`, loaded: false };
  modules.set(name, module);
  try {
    body.call(module.exports, module.exports, required, module, module.filename, module.filename.replace(/\/[^/]*$/, ""));
  } catch (error) {
    // The next one who requires it meets the same error, not half a module.
    modules.delete(name);
    throw error;
  }
  module.loaded = true;
  return module.exports;
}

/** What is required and was not found when the plugin was built: an error only for who does not catch it. */
export function missing(name, why) {
  const error = new Error(why ?? `Cannot find module '${name}': what is required must be a text in the source`);
  error.code = "MODULE_NOT_FOUND";
  throw error;
}

/** The default import of a module: what a translated ES module calls so, else all that it exports. */
export function defaultOf(exports) {
  return exports?.__esModule && "default" in exports ? exports.default : exports;
}

/** A named import of a module. */
export function pick(exports, name, module) {
  if (exports === null || exports === undefined || !(name in Object(exports))) {
    throw new SyntaxError(`Could not find export '${name}' in module '${module}'`);
  }
  return exports[name];
}
