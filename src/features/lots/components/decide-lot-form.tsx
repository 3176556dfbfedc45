import { useTranslation } from "react-i18next";
import type { LotView } from "../../../bridge/bindings";
import { codedText } from "../../../texts/coded";
import { ReasonForm } from "../../../ui/reason-form";
import { useDecideOnLot } from "../api/lots";

type Props = { lot: LotView; status: LotView["row"]["status"]; onDone: () => void; onRefresh: () => void };

/** What is about to be decided about a lot, in one sentence, and why. */
export function DecideLotForm({ lot, status, onDone, onRefresh }: Props) {
  const { t } = useTranslation();
  const decide = useDecideOnLot();
  const { id, number, revision } = lot.row;
  return (
    <ReasonForm
      sentence={codedText(t, "lotSentences", status, { number }) ?? number}
      press={codedText(t, "lotDecisions", status) ?? status}
      isComplete
      isPending={decide.isPending}
      failure={decide.error}
      onTry={() => {}}
      onSubmit={(reason) => decide.mutate({ id, revision, status, reason }, { onSuccess: onDone })}
      onCancel={onDone}
      onRefresh={onRefresh}
      data-testid="decide-lot"
    />
  );
}
