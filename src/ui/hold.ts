import { Flag, useIsRaised, useRaised } from "./flag";

const hold = new Flag();

/** While a decision is open, everything outside it cannot be pressed; whoever draws the outside asks `useIsHeld`. */
export const useHold = (isActive: boolean) => useRaised(hold, isActive);
export const useIsHeld = () => useIsRaised(hold);
