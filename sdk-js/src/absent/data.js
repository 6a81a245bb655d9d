// Stands in for the host's `data` in worlds that have it not.

import { absent } from "../world.js";

export const row = absent("test data");
export const count = absent("test data");
