export interface Cart {
  lines: { price: number }[];
}

export function priceOf(cart: Cart): number {
  const [first] = cart.lines;
  /* no lines */ return first!.price;
}
