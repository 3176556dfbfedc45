import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { NumberParameter, PhaseKind } from "../../../bridge/bindings";
import { codedText } from "../../../texts/coded";
import { clockFigures, useFormats } from "../../../ui/formats";
import { LimitsBar } from "../../../ui/limits-bar";
import { kindText, numberText } from "./kind-text";
import styles from "./operator-preview.module.css";

/** What the operator will be asked for, and the one primary action. */
export function PreviewTask({ kind }: { kind: PhaseKind }) {
  const { t } = useTranslation();
  const formats = useFormats();
  switch (kind.type) {
    case "confirmation":
      return <Task action={t("confirmation.confirm")} />;
    case "value":
    case "in_process_check":
      return (
        <Task action={t("number.confirm")}>
          <NumberBox label={t("number.value")} number={kind} />
        </Task>
      );
    case "material_charge":
      return (
        <Task action={t("number.confirmQuantity")}>
          <p className={styles.what}>
            {kind.material} <small>{kind.material_code}</small>
          </p>
          <Box label={t("charge.lot")} />
          <NumberBox label={t("number.quantity")} number={kind.quantity} />
        </Task>
      );
    case "timer":
      return (
        <Task action={t("timer.start")}>
          <p className={styles.figures}>{clockFigures(0)}</p>
          <p>{kindText(t, kind, formats)[0]}</p>
        </Task>
      );
    case "choice":
      return (
        <Task action={t("masters.confirmAnswer")}>
          <ul className={styles.options}>
            {kind.options.map((option, place) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: the same text may stand there twice while it is written
              <li key={place}>{option.text}</li>
            ))}
          </ul>
        </Task>
      );
    case "attachment":
      return <Task action={codedText(t, "acceptedFiles", kind.accepts) ?? kind.accepts} />;
    case "sample_request":
      return (
        <Task action={t("sample.request")}>
          <p className={styles.what}>
            {kind.sample} <small>{kind.tests.join(", ")}</small>
          </p>
          <Box label={t("sample.container")} />
        </Task>
      );
    case "equipment_use":
    case "cleaning_check":
      return (
        <Task action={kind.type === "equipment_use" ? t("masters.confirmUse") : t("masters.confirmClean")}>
          <Box label={kind.equipment_class} />
        </Task>
      );
    case "second_person_check":
      return (
        <Task action={t("masters.confirmCheck")}>
          <p className={styles.what}>{kind.of.join(", ")}</p>
        </Task>
      );
    case "calculation":
      return (
        <Task action={t("number.confirm")}>
          <p className={styles.what}>{kind.expression}</p>
          <NumberBox label={t("number.value")} number={kind.result} />
        </Task>
      );
    default:
      return (
        <Task action={t("number.confirm")}>
          <Box label={t("number.value")} />
        </Task>
      );
  }
}

function Task({ action, children }: { action: string; children?: ReactNode }) {
  return (
    <>
      <div className={styles.body}>{children}</div>
      <footer className={styles.footer}>
        <span className={styles.primary}>{action}</span>
      </footer>
    </>
  );
}

function Box({ label, unit }: { label: string; unit?: string }) {
  return (
    <div className={styles.labelled}>
      <span>{label}</span>
      <span className={styles.box}>{unit}</span>
    </div>
  );
}

function NumberBox({ label, number }: { label: string; number: NumberParameter }) {
  const { t } = useTranslation();
  const formats = useFormats();
  const limit = (text: string | null | undefined) => (text == null ? null : formats.number(text));
  return (
    <div className={styles.number}>
      <Box label={label} unit={number.unit} />
      <LimitsBar low={limit(number.low)} high={limit(number.high)} position={null} check={null} />
      <p>{numberText(t, number, formats).join(" · ")}</p>
    </div>
  );
}
