import { ActionIcon } from "@mantine/core";
import { IconTrash } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { ChoiceOption } from "../../../bridge/bindings";
import { ActionButton } from "../../../ui/action-button";
import { useEditor } from "./editor-context";
import { faultText } from "./fault-text";
import { CheckField, TextField } from "./fields";
import styles from "./master-records.module.css";
import { read } from "./pointer";

/** The answers of a choice. */
export function OptionFields({ path }: { path: string }) {
  const { t } = useTranslation();
  const { procedure, faults, dispatch } = useEditor();
  const options = (read(procedure, path) as ChoiceOption[]) ?? [];
  const whole = faults.filter((fault) => fault.path === path);
  const set = (value: ChoiceOption[]) => dispatch({ type: "change", path, value });
  return (
    <fieldset className={styles.options} data-path={path} tabIndex={-1}>
      <legend>{t("masterFields.options")}</legend>
      {options.map((_, place) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: an answer is its place; its text is being typed
        <div key={place} className={styles.option} data-testid={`option-${place + 1}`}>
          <TextField path={`${path}/${place}/text`} label={t("masters.answer", { number: place + 1 })} />
          <CheckField path={`${path}/${place}/is_expected`} label={t("masterFields.is_expected")} />
          <ActionIcon
            variant="default"
            className={styles.icon}
            aria-label={t("masters.removeAnswer", { number: place + 1 })}
            data-testid="option-remove"
            onClick={() => set(options.filter((__, other) => other !== place))}
          >
            <IconTrash size={20} aria-hidden />
          </ActionIcon>
        </div>
      ))}
      {whole.map((fault) => (
        <p key={fault.code} className={styles.error}>
          {faultText(t, fault)}
        </p>
      ))}
      <ActionButton
        variant="default"
        type="button"
        data-testid="option-add"
        onClick={() => set([...options, { text: "", is_expected: true }])}
      >
        {t("masters.addAnswer")}
      </ActionButton>
    </fieldset>
  );
}
