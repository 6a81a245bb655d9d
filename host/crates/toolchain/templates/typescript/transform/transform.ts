import { reject, transform } from "@outrider/sdk";

// Lines such as `method=GET path=/cart status=200`, a column for each key.
export default transform({
  name: "{{name}}",
  description: "Reads lines of keys and values.",
  table: "access_logs",
  transform(record) {
    const line = record.text.trim();
    if (line === "" || line.startsWith("#")) return null; // nothing, on purpose
    const columns = line.split(/\s+/).map((word) => {
      const [, key, value] = /^(\w+)=(.*)$/.exec(word) ?? reject(`'${word}' is no key=value`);
      return [key, /^\d+$/.test(value ?? "") ? Number(value) : value];
    });
    return Object.fromEntries(columns);
  },
});
