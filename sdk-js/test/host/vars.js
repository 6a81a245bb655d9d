import { answer } from "./state.js";

export const parameters = () => answer("parameters", [], "{}");
export const setupData = () => answer("setupData", [], "null");
