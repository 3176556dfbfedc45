import { Skeleton, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import type { SignedInPerson } from "../../../bridge/bindings";
import { failureText } from "../../../texts/failure-text";
import { ActionButton } from "../../../ui/action-button";
import { FailureState } from "../../../ui/failure-state";
import { Notice } from "../../../ui/notice";
import { useRegisterStation } from "../api/register-station";
import { useRegistrationPlants } from "../api/registration-plants";
import styles from "./register-station.module.css";
import { StartFrame } from "./start-frame";

type Props = { person: SignedInPerson; onOtherPerson: () => void };

export function RegisterStation({ person, onOtherPerson }: Props) {
  const { t } = useTranslation();
  const otherPerson = (
    <ActionButton variant="default" data-testid="registration-other-person" onClick={onOtherPerson}>
      {t("registration.otherPerson")}
    </ActionButton>
  );
  if (!person.canRegisterStation) {
    return (
      <StartFrame data-testid="registration" title={t("registration.title")}>
        <Notice tone="warn" data-testid="registration-wrong-role" action={otherPerson}>
          {t("registration.wrongRole", { name: person.name })}
        </Notice>
      </StartFrame>
    );
  }
  return (
    <StartFrame
      data-testid="registration"
      title={t("registration.title")}
      lead={t("registration.help")}
      footer={otherPerson}
    >
      <RegistrationForm />
    </StartFrame>
  );
}

function RegistrationForm() {
  const { t } = useTranslation();
  const plants = useRegistrationPlants();
  const register = useRegisterStation();
  const [stationName, setStationName] = useState("");
  const [plantId, setPlantId] = useState<string | null>(null);
  const isComplete = stationName.trim() !== "" && plantId !== null;

  function submit(event: FormEvent) {
    event.preventDefault();
    if (isComplete) register.mutate({ stationName: stationName.trim(), plantId });
  }

  if (plants.isPending) return <Skeleton height={240} />;
  if (plants.isError) {
    return (
      <FailureState
        title={t("registration.failed")}
        failure={plants.error}
        onRetry={() => void plants.refetch()}
        data-testid="registration-plants-failed"
      />
    );
  }
  return (
    <form className={styles.form} onSubmit={submit} noValidate>
      {register.isError && (
        <Notice tone="bad" data-testid="registration-error">
          {failureText(t, register.error)}
        </Notice>
      )}
      <div
        className={styles.plants}
        role="radiogroup"
        aria-label={t("registration.plant")}
        data-testid="registration-plants"
      >
        {plants.data.map((plant) => (
          // biome-ignore lint/a11y/useSemanticElements: a card with two lines is pressed as a whole
          <button
            key={plant.id}
            type="button"
            role="radio"
            aria-checked={plantId === plant.id}
            className={styles.plant}
            data-testid={`registration-plant-${plant.id}`}
            onClick={() => setPlantId(plant.id)}
          >
            <strong>{plant.name}</strong>
            <span>{plant.timeZone}</span>
          </button>
        ))}
      </div>
      <TextInput
        label={t("registration.stationName")}
        description={t("registration.stationNameHelp")}
        data-testid="registration-station-name"
        value={stationName}
        onChange={(event) => setStationName(event.currentTarget.value)}
        autoComplete="off"
      />
      <ActionButton
        type="submit"
        data-testid="registration-submit"
        loading={register.isPending}
        disabledReason={isComplete ? undefined : t("registration.missing")}
      >
        {t("registration.submit")}
      </ActionButton>
    </form>
  );
}
