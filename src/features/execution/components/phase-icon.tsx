import {
  IconBan,
  IconCheck,
  IconCircle,
  IconCircleMinus,
  IconHourglassEmpty,
  IconPlayerPlayFilled,
  IconUserQuestion,
  IconX,
} from "@tabler/icons-react";
import type { PhaseState } from "./phase-state";

const icons = {
  done: IconCheck,
  current: IconPlayerPlayFilled,
  open: IconCircle,
  waiting: IconBan,
  running: IconHourglassEmpty,
  approval: IconUserQuestion,
  rejected: IconX,
  not_applicable: IconCircleMinus,
};

export function PhaseIcon({ state }: { state: PhaseState }) {
  const Icon = icons[state];
  return <Icon size={22} stroke={state === "done" ? 2.4 : 1.8} aria-hidden />;
}
