import { IconAlertTriangleFilled } from "@tabler/icons-react";
import { type ReactNode, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { ActionButton } from "../../../ui/action-button";
import { useHold } from "../../../ui/hold";
import styles from "./decision.module.css";
import { TaskFrame } from "./task-frame";

type Props = {
  statement: string;
  question: string;
  back: string;
  keep: string;
  isPending: boolean;
  said: ReactNode;
  onBack: () => void;
  onKeep: (reason: string) => void;
};

/** Two ways on, and nothing else can be pressed until one is taken. */
export function Decision({ statement, question, back, keep, isPending, said, onBack, onKeep }: Props) {
  const { t } = useTranslation();
  const [reason, setReason] = useState("");
  const heading = useRef<HTMLHeadingElement>(null);
  useHold(true);
  useEffect(() => heading.current?.focus(), []);

  return (
    <TaskFrame
      said={said}
      action={
        <ActionButton
          data-testid="decision-keep"
          className={styles.keep}
          loading={isPending}
          disabledReason={reason.trim() === "" ? t("decision.reasonMissing") : undefined}
          onClick={() => onKeep(reason.trim())}
        >
          {keep}
        </ActionButton>
      }
    >
      <section className={styles.decision} aria-labelledby="decision-statement" data-testid="decision">
        <div className={styles.statement}>
          <IconAlertTriangleFilled size={36} aria-hidden />
          <div>
            <h3 id="decision-statement" ref={heading} tabIndex={-1} data-testid="decision-statement">
              {statement}
            </h3>
            <p>{question}</p>
          </div>
        </div>
        <ActionButton variant="default" fullWidth data-testid="decision-back" onClick={onBack}>
          {back}
        </ActionButton>
        <label className={styles.reason}>
          <span>{t("decision.reason")}</span>
          <textarea
            rows={3}
            maxLength={500}
            aria-describedby="decision-reason-help"
            data-testid="decision-reason"
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value)}
          />
        </label>
        <p className={styles.help} id="decision-reason-help">
          {t("decision.reasonHelp")}
        </p>
      </section>
    </TaskFrame>
  );
}
