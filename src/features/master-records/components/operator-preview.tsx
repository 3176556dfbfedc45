import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { PhaseDefinition } from "../../../bridge/bindings";
import { codedText } from "../../../texts/coded";
import { useFormats } from "../../../ui/formats";
import { Notice } from "../../../ui/notice";
import { useEditor } from "./editor-context";
import styles from "./operator-preview.module.css";
import { kindOfPart, read } from "./pointer";
import { PreviewTask } from "./preview-task";
import { placedPhases } from "./procedure";

const densities = ["comfortable", "compact"] as const;

/** The selected phase as it will stand before the operator; nothing in it can be pressed. */
export function OperatorPreview({ path }: { path: string }) {
  const { t } = useTranslation();
  const formats = useFormats();
  const { procedure } = useEditor();
  const [density, setDensity] = useState<(typeof densities)[number]>("comfortable");
  if (kindOfPart(path) !== "phase") {
    return (
      <Notice tone="calm" data-testid="preview-none">
        {t("masters.previewPhase")}
      </Notice>
    );
  }
  const phase = read(procedure, path) as PhaseDefinition;
  const number = placedPhases(procedure).find((placed) => placed.path === path)?.number ?? 0;
  return (
    <div className={styles.frame} data-testid="operator-preview">
      <fieldset className={styles.densities}>
        <legend>{t("density.title")}</legend>
        {densities.map((one) => (
          <button
            key={one}
            type="button"
            aria-pressed={one === density}
            data-testid={`preview-${one}`}
            onClick={() => setDensity(one)}
          >
            {one === "comfortable" ? t("density.comfortable") : t("density.compact")}
          </button>
        ))}
      </fieldset>
      <article className={styles.panel} data-density={density} data-testid="preview-panel">
        <div className={styles.heading}>
          <span className={styles.step}>{t("execution.step", { number: formats.count(number) })}</span>
          <h2>{phase.title}</h2>
          {phase.signature != null && (
            <span className={styles.needs}>
              {t("execution.signatureNeeded", { meaning: codedText(t, "signature.meanings", phase.signature) ?? "" })}
            </span>
          )}
        </div>
        <p className={styles.instruction}>{phase.instruction}</p>
        <PreviewTask kind={phase.kind} />
      </article>
    </div>
  );
}
