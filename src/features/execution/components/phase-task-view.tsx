import type { ReactNode } from "react";
import type { BatchView, PhaseView } from "../../../bridge/bindings";
import { ChargeTask } from "./charge-task";
import { ConfirmationTask } from "./confirmation-task";
import { NumberTask } from "./number-task";
import { SampleTask } from "./sample-task";
import { TimerTask } from "./timer-task";
import type { Recording } from "./use-recording";

export type TaskProps = {
  batch: BatchView;
  phase: PhaseView;
  recording: Recording;
  said: ReactNode;
  isSettling: boolean;
};

/** What the step asks of the person. */
export function PhaseTaskView(props: TaskProps) {
  const { task } = props.phase;
  switch (task.type) {
    case "confirmation":
      return <ConfirmationTask {...props} />;
    case "value":
    case "in_process_check":
      return <NumberTask {...props} number={task.number} />;
    case "material_charge":
      return <ChargeTask {...props} task={task} />;
    case "timer":
      return <TimerTask {...props} task={task} />;
    case "sample_request":
      return <SampleTask {...props} task={task} />;
  }
}
