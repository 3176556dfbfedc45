import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import type { SignatureInput, SignatureMeaning, SignedInPerson } from "../bridge/bindings";
import { useIdentified } from "../bridge/identified";
import { failureCode, failureText } from "../texts/failure-text";
import { ActionButton } from "./action-button";
import { Notice } from "./notice";
import { ReasonField } from "./reason-field";
import { Sheet } from "./sheet";
import { SignatureForm } from "./signature-form";
import styles from "./step-sheet.module.css";

type Props = {
  title: string;
  sentence: string;
  meaning: SignatureMeaning | null;
  person: SignedInPerson;
  /** What the step asks for beside the reason is there. */
  isWhole: boolean;
  isPending: boolean;
  failure: Error | null;
  onTake: (reason: string, signature: SignatureInput | null, done: () => void) => void;
  onClose: () => void;
  children?: ReactNode;
};

/** One step on a record's way: what it asks for, why, and the signature where the step has one. */
export function StepSheet(props: Props) {
  const { title, sentence, meaning, person, isWhole, isPending, failure, onTake, onClose, children } = props;
  const { t } = useTranslation();
  const { isIdentified, setIdentified } = useIdentified(person.id);
  const [reason, setReason] = useState("");
  const [isTried, setTried] = useState(false);

  function submit(signature: SignatureInput | null) {
    setTried(true);
    if (reason.trim() === "" || !isWhole || isPending) return;
    onTake(reason.trim(), signature, () => {
      if (signature !== null) setIdentified();
      onClose();
    });
  }

  return (
    <Sheet isOpen onClose={onClose} side="bottom" title={title} isKeptOpen={isPending} data-testid="record-step">
      <div className={styles.step}>
        {children}
        <ReasonField isFirst value={reason} onChange={setReason} isMissing={isTried && reason.trim() === ""} />
        {meaning === null ? (
          <>
            <p className={styles.sentence} data-testid="record-step-sentence">
              {sentence}
            </p>
            {failure !== null && (
              <Notice tone="bad" data-testid="record-step-error">
                <span data-code={failureCode(failure)}>{failureText(t, failure)}</span>
              </Notice>
            )}
            <div className={styles.actions}>
              <ActionButton variant="default" data-testid="record-step-cancel" onClick={onClose}>
                {t("common.cancel")}
              </ActionButton>
              <ActionButton data-testid="record-step-take" loading={isPending} onClick={() => submit(null)}>
                {title}
              </ActionButton>
            </div>
          </>
        ) : (
          <SignatureForm
            sentence={sentence}
            meaning={meaning}
            personName={person.name}
            isIdentified={isIdentified}
            isPending={isPending}
            failure={failure}
            onSign={submit}
            onCancel={onClose}
          />
        )}
      </div>
    </Sheet>
  );
}
