import type { ReactNode } from "react";
import type { BatchView, PhaseView } from "../../../bridge/bindings";
import { AttachmentTask } from "./attachment-task";
import { CalculationTask } from "./calculation-task";
import { ChargeTask } from "./charge-task";
import { CheckTask } from "./check-task";
import { ChoiceTask } from "./choice-task";
import { ConfirmationTask } from "./confirmation-task";
import { NumberTask } from "./number-task";
import { SampleTask } from "./sample-task";
import { TimerTask } from "./timer-task";
import type { Recording } from "./use-recording";
import { WrittenTask } from "./written-task";

export type TaskProps = {
  batch: BatchView;
  phase: PhaseView;
  recording: Recording;
  said: ReactNode;
  isSettling: boolean;
  /** Another value comes in the place of a recorded one. */
  isCorrecting?: boolean;
};

/** What the step asks of the person. */
export function PhaseTaskView(props: TaskProps) {
  const { task } = props.phase;
  if (props.phase.turn === "verify" && !props.isCorrecting) return <CheckTask {...props} />;
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
    case "text":
    case "date":
    case "equipment_use":
    case "cleaning_check":
      return <WrittenTask {...props} task={task} />;
    case "choice":
      return <ChoiceTask {...props} task={task} />;
    case "second_person_check":
      return <CheckTask {...props} />;
    case "attachment":
      return <AttachmentTask {...props} task={task} />;
    case "calculation":
      return <CalculationTask {...props} task={task} />;
  }
}
