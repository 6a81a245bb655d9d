import { answer } from "./state.js";

export const parameters = () => answer("parameters", [], "{}");
export const setupData = () => answer("setupData", [], "null");
export const secret = (name) => answer("secret", [name], "s3cr3t");
