import { Flag, useIsRaised, useRaised } from "./flag";

const unsaved = new Flag();

/** Somebody has written what nobody has saved: whoever would take the screen away asks `useHasUnsaved` first. */
export const useUnsaved = (isActive: boolean) => useRaised(unsaved, isActive);
export const useHasUnsaved = () => useIsRaised(unsaved);
