import { IconFlask } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { Procedure } from "../../../bridge/bindings";
import { EmptyState } from "../../../ui/empty-state";
import { useFormats } from "../../../ui/formats";
import styles from "./master-records.module.css";

/** The components and what is weighed of each for one batch. */
export function RecipeTable({ procedure }: { procedure: Procedure }) {
  const { t } = useTranslation();
  const formats = useFormats();
  const lines = procedure.recipe ?? [];
  const expected = procedure.expected_yield;
  return (
    <div className={styles.procedure} data-testid="recipe">
      {lines.length === 0 ? (
        <EmptyState icon={IconFlask} title={t("masters.noRecipeTitle")} data-testid="recipe-empty">
          {t("masters.noRecipe")}
        </EmptyState>
      ) : (
        <table className={styles.plain}>
          <thead>
            <tr>
              <th scope="col">{t("masterFields.key")}</th>
              <th scope="col">{t("masterFields.material")}</th>
              <th scope="col">{t("masterFields.material_code")}</th>
              <th scope="col" data-align="end">
                {t("masterFields.quantity")}
              </th>
              <th scope="col" data-align="end">
                {t("masterFields.tolerance_percent")}
              </th>
              <th scope="col">{t("masterFields.is_by_potency")}</th>
            </tr>
          </thead>
          <tbody>
            {lines.map((line) => (
              <tr key={line.key}>
                <th scope="row">
                  <code>{line.key}</code>
                </th>
                <td>{line.material}</td>
                <td>{line.material_code}</td>
                <td data-align="end">
                  {t("batches.quantity", { quantity: formats.number(line.quantity), unit: line.unit })}
                </td>
                <td data-align="end">{t("masters.plusMinus", { percent: formats.number(line.tolerance_percent) })}</td>
                <td>{line.is_by_potency ? t("lists.yes") : t("lists.no")}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {expected != null && (
        <p data-testid="expected-yield">
          {t("masters.expectedYield", {
            phase: expected.phase,
            low: formats.number(expected.low_percent),
            high: formats.number(expected.high_percent),
          })}
        </p>
      )}
    </div>
  );
}
