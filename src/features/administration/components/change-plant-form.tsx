import { Select } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import type { PlantDetails } from "../../../bridge/bindings";
import { ActionButton } from "../../../ui/action-button";
import { ChangeFailure } from "../../../ui/change-failure";
import { ReasonField } from "../../../ui/reason-field";
import { useChangePlant } from "../api/change-plant";
import styles from "./administration.module.css";
import { isComplete, isPlantFieldFailure, PlantFields, type PlantValues } from "./plant-fields";

type Props = { details: PlantDetails; onDone: () => void; onRefresh: () => void };

export function ChangePlantForm({ details, onDone, onRefresh }: Props) {
  const { t } = useTranslation();
  const change = useChangePlant();
  const { plant, etag, candidates } = details;
  const [values, setValues] = useState<PlantValues>({
    name: plant.name,
    region: plant.region,
    timeZone: plant.timeZone,
  });
  const [managerId, setManagerId] = useState(plant.managerId);
  const [reason, setReason] = useState("");
  const [isTried, setTried] = useState(false);

  function submit(event: FormEvent) {
    event.preventDefault();
    setTried(true);
    if (!isComplete(values) || reason.trim() === "") return;
    change.mutate({ id: plant.id, etag, ...values, managerId, reason }, { onSuccess: onDone });
  }

  return (
    <form className={styles.form} onSubmit={submit} noValidate data-testid="plant-change-form">
      <PlantFields
        values={values}
        onChange={(next) => {
          setValues(next);
          if (isPlantFieldFailure(change.error)) change.reset();
        }}
        isTried={isTried}
        failure={change.error}
      />
      <Select
        label={t("plants.manager")}
        description={t("plants.managerHelp")}
        placeholder={t("plants.noManager")}
        searchable
        clearable
        clearButtonProps={{ "aria-label": t("plants.noManager") }}
        limit={60}
        data-testid="plant-field-manager"
        nothingFoundMessage={t("users.nothingFound")}
        data={candidates.map(({ id, name }) => ({ value: id, label: name }))}
        value={managerId}
        onChange={setManagerId}
      />
      <ReasonField value={reason} onChange={setReason} isMissing={isTried && reason.trim() === ""} />
      {change.isError && !isPlantFieldFailure(change.error) && (
        <ChangeFailure failure={change.error} onRefresh={onRefresh} />
      )}
      <div className={styles.actions}>
        <ActionButton variant="default" type="button" data-testid="plant-cancel" onClick={onDone}>
          {t("common.cancel")}
        </ActionButton>
        <ActionButton type="submit" data-testid="plant-save" loading={change.isPending}>
          {t("administration.save")}
        </ActionButton>
      </div>
    </form>
  );
}
