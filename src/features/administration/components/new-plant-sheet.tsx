import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { failureText } from "../../../texts/failure-text";
import { ActionButton } from "../../../ui/action-button";
import { Notice } from "../../../ui/notice";
import { Sheet } from "../../../ui/sheet";
import { useCreatePlant } from "../api/create-plant";
import styles from "./administration.module.css";
import { isComplete, isPlantFieldFailure, PlantFields, type PlantValues } from "./plant-fields";

export function NewPlantSheet({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const create = useCreatePlant();
  const [values, setValues] = useState<PlantValues>({ name: "", region: "", timeZone: "" });
  const [isTried, setTried] = useState(false);
  // Pressed again after an answer that was lost, the same form makes no plant twice.
  const [requestKey, setRequestKey] = useState(() => crypto.randomUUID());

  function submit(event: FormEvent) {
    event.preventDefault();
    setTried(true);
    if (isComplete(values)) create.mutate({ ...values, requestKey }, { onSuccess: onClose });
  }

  return (
    <Sheet
      isOpen
      onClose={onClose}
      side="right"
      title={t("plants.new")}
      isKeptOpen={create.isPending}
      data-testid="new-plant"
    >
      <form className={styles.form} onSubmit={submit} noValidate>
        <p className={styles.muted}>{t("plants.newHelp")}</p>
        <PlantFields
          values={values}
          onChange={(next) => {
            setValues(next);
            setRequestKey(crypto.randomUUID());
            if (create.isError) create.reset();
          }}
          isTried={isTried}
          failure={create.error}
        />
        {create.isError && !isPlantFieldFailure(create.error) && (
          <Notice tone="bad" data-testid="plant-refused">
            {failureText(t, create.error)}
          </Notice>
        )}
        <div className={styles.actions}>
          <ActionButton variant="default" type="button" data-testid="plant-cancel" onClick={onClose}>
            {t("common.cancel")}
          </ActionButton>
          <ActionButton type="submit" data-testid="plant-save" loading={create.isPending}>
            {t("plants.create")}
          </ActionButton>
        </div>
      </form>
    </Sheet>
  );
}
