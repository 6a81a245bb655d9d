const IMPORT = /^outrider:plugin\/([a-z]+)@0\.1\.0$/;

export async function resolve(specifier, context, next) {
  const match = IMPORT.exec(specifier);
  if (match === null) return next(specifier, context);
  return { url: new URL(`./${match[1]}.js`, import.meta.url).href, shortCircuit: true };
}
