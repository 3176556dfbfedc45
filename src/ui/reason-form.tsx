import { type FormEvent, type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { ActionButton } from "./action-button";
import { ChangeFailure } from "./change-failure";
import { ReasonField } from "./reason-field";
import styles from "./register.module.css";

type Props = {
  /** What is about to happen, in one sentence. */
  sentence?: string;
  press: string;
  isComplete: boolean;
  isPending: boolean;
  /** Belongs to no field. */
  failure: unknown;
  onSubmit: (reason: string) => void;
  onTry: () => void;
  onCancel: () => void;
  onRefresh: () => void;
  children?: ReactNode;
  "data-testid": string;
};

/** A change with its reason, which the trail keeps beside it. */
export function ReasonForm(props: Props) {
  const { sentence, press, isComplete, isPending, failure, onSubmit, onTry, onCancel, onRefresh, children } = props;
  const { t } = useTranslation();
  const [reason, setReason] = useState("");
  const [isTried, setTried] = useState(false);
  const isMissing = reason.trim() === "";

  function submit(event: FormEvent) {
    event.preventDefault();
    setTried(true);
    onTry();
    if (isComplete && !isMissing) onSubmit(reason);
  }

  return (
    <form className={styles.form} onSubmit={submit} noValidate data-testid={props["data-testid"]}>
      {sentence !== undefined && <p>{sentence}</p>}
      {children}
      <ReasonField value={reason} onChange={setReason} isMissing={isTried && isMissing} />
      {failure !== null && failure !== undefined && <ChangeFailure failure={failure} onRefresh={onRefresh} />}
      <div className={styles.actions}>
        <ActionButton variant="default" type="button" data-testid="form-cancel" onClick={onCancel}>
          {t("common.cancel")}
        </ActionButton>
        <ActionButton type="submit" data-testid="form-save" loading={isPending}>
          {press}
        </ActionButton>
      </div>
    </form>
  );
}
