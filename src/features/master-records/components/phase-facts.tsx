import { IconShieldCheck, IconWritingSign } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { PhaseDefinition } from "../../../bridge/bindings";
import { codedText } from "../../../texts/coded";
import { useFormats } from "../../../ui/formats";
import { kindText } from "./kind-text";
import styles from "./master-records.module.css";

/** One phase: what is done, what is recorded within which limits, by whom, and what is signed. */
export function PhaseFacts({ phase, number }: { phase: PhaseDefinition; number: number }) {
  const { t } = useTranslation();
  const formats = useFormats();
  const roles = (names: string[] | undefined) =>
    (names ?? []).map((role) => codedText(t, "roles", role) ?? role).join(", ");
  const by = roles(phase.performed_by);
  const verifiers = roles(phase.verification?.by);
  return (
    <article className={styles.phase}>
      <header>
        <span className={styles.number}>{formats.count(number)}</span>
        <h4>{phase.title}</h4>
        <code>{phase.key}</code>
      </header>
      <p className={styles.instruction}>{phase.instruction}</p>
      <p className={styles.kind}>
        <strong>{codedText(t, "phaseKinds", phase.kind.type)}</strong>
        {kindText(t, phase.kind, formats).map((line) => (
          <span key={line}>{line}</span>
        ))}
      </p>
      <p className={styles.rules}>
        {by !== "" && <span>{t("masters.performedBy", { roles: by })}</span>}
        {phase.signature != null && (
          <span>
            <IconWritingSign size={18} aria-hidden />
            {t("masters.signed", { meaning: codedText(t, "signature.meanings", phase.signature) ?? "" })}
          </span>
        )}
        {phase.verification != null && (
          <span>
            <IconShieldCheck size={18} aria-hidden />
            {verifiers === "" ? t("masters.verified") : t("masters.verifiedBy", { roles: verifiers })}
          </span>
        )}
        {phase.qualification != null && <span>{t("masters.qualified", { procedure: phase.qualification })}</span>}
        {phase.only_if != null && (
          <span>
            {t("masters.onlyIf")} <code>{phase.only_if}</code>
          </span>
        )}
      </p>
    </article>
  );
}
