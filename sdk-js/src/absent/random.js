// Stands in for the host's `random` in worlds that have it not.

import { absent } from "../world.js";

export const float = absent("random numbers: the same is to be said of the same");
export const between = absent("random numbers: the same is to be said of the same");
export const exponential = absent("random numbers: the same is to be said of the same");
export const normal = absent("random numbers: the same is to be said of the same");
export const text = absent("random numbers: the same is to be said of the same");
export const bytes = absent("random numbers: the same is to be said of the same");
export const uuid = absent("random numbers: the same is to be said of the same");
