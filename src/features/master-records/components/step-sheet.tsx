import { Radio, TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { MasterRecordStepView, MasterRecordView, SignatureInput, SignedInPerson } from "../../../bridge/bindings";
import { useIdentified } from "../../../bridge/identified";
import { codedText } from "../../../texts/coded";
import { failureCode, failureText } from "../../../texts/failure-text";
import { ActionButton } from "../../../ui/action-button";
import { useFormats } from "../../../ui/formats";
import { Notice } from "../../../ui/notice";
import { ReasonField } from "../../../ui/reason-field";
import { Sheet } from "../../../ui/sheet";
import { SignatureForm } from "../../../ui/signature-form";
import { useTakeStep } from "../api/take-step";
import styles from "./master-records.module.css";

type Props = { view: MasterRecordView; taken: MasterRecordStepView; person: SignedInPerson; onClose: () => void };

/** One step of a version's life: why, from when on, and the signature where the step has one. */
export function StepSheet({ view, taken, person, onClose }: Props) {
  const { t, i18n } = useTranslation();
  const formats = useFormats();
  const take = useTakeStep();
  const { isIdentified, setIdentified } = useIdentified(person.id);
  const [reason, setReason] = useState("");
  const [isTried, setTried] = useState(false);
  const [isLater, setLater] = useState(false);
  const [day, setDay] = useState("");
  const { row, content_hash } = view.record;
  const { step, meaning } = taken;
  const values = { product: row.product, number: row.product_code, version: formats.count(row.version) };
  const sentence = codedText(t, "masterSentences", step, values) ?? "";
  const isWhole = reason.trim() !== "" && (!isLater || day !== "");

  function submit(signature: SignatureInput | null) {
    setTried(true);
    if (!isWhole || take.isPending) return;
    take.mutate(
      {
        id: row.id,
        revision: row.revision,
        step,
        reason: reason.trim(),
        effectiveOn: isLater ? day : null,
        signature:
          signature === null
            ? null
            : { contentHash: content_hash, shownText: sentence, language: i18n.language, ...signature },
      },
      {
        onSuccess: () => {
          if (signature !== null) setIdentified();
          onClose();
        },
      },
    );
  }

  return (
    <Sheet
      isOpen
      onClose={onClose}
      side="bottom"
      title={codedText(t, "masterSteps", step) ?? step}
      isKeptOpen={take.isPending}
      data-testid="step-sheet"
    >
      <div className={styles.step}>
        {step === "make_effective" && (
          <Radio.Group
            label={t("masters.effectiveFrom")}
            value={isLater ? "day" : "now"}
            onChange={(when) => setLater(when === "day")}
          >
            <div className={styles.when}>
              <Radio value="now" label={t("masters.atOnce")} data-testid="effective-now" />
              <Radio value="day" label={t("masters.onDay")} data-testid="effective-later" />
              <TextInput
                type="date"
                aria-label={t("masters.day")}
                disabled={!isLater}
                data-testid="effective-day"
                error={isTried && isLater && day === "" ? t("plant.required") : undefined}
                value={day}
                onChange={(event) => setDay(event.currentTarget.value)}
              />
              <span className={styles.muted}>{t("masters.dayHelp", { zone: view.timeZone })}</span>
            </div>
          </Radio.Group>
        )}
        <ReasonField isFirst value={reason} onChange={setReason} isMissing={isTried && reason.trim() === ""} />
        {meaning === null ? (
          <>
            <p className={styles.sentence} data-testid="step-sentence">
              {sentence}
            </p>
            {take.isError && (
              <Notice tone="bad" data-testid="step-error">
                <span data-code={failureCode(take.error)}>{failureText(t, take.error)}</span>
              </Notice>
            )}
            <div className={styles.actions}>
              <ActionButton variant="default" data-testid="step-cancel" onClick={onClose}>
                {t("common.cancel")}
              </ActionButton>
              <ActionButton data-testid="step-take" loading={take.isPending} onClick={() => submit(null)}>
                {codedText(t, "masterSteps", step) ?? step}
              </ActionButton>
            </div>
          </>
        ) : (
          <SignatureForm
            sentence={sentence}
            meaning={meaning}
            personName={person.name}
            isIdentified={isIdentified}
            isPending={take.isPending}
            failure={take.error}
            onSign={submit}
            onCancel={onClose}
          />
        )}
      </div>
    </Sheet>
  );
}
