import { Skeleton } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import type { ApiKeyChoices } from "../../../bridge/bindings";
import { failureText } from "../../../texts/failure-text";
import { ActionButton } from "../../../ui/action-button";
import { FailureState } from "../../../ui/failure-state";
import { Notice } from "../../../ui/notice";
import { Sheet } from "../../../ui/sheet";
import { useApiKeyChoices } from "../api/api-key-choices";
import { useCreateApiKey } from "../api/create-api-key";
import styles from "./administration.module.css";
import { ApiKeyFields, type ApiKeyValues, isApiKeyFieldFailure, isComplete } from "./api-key-fields";
import { ShownApiKeyPanel } from "./shown-api-key-panel";

export function NewApiKeySheet({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const choices = useApiKeyChoices();
  const create = useCreateApiKey();
  return (
    <Sheet
      isOpen
      onClose={onClose}
      side="right"
      title={create.isSuccess ? t("apiKeys.isMade") : t("apiKeys.new")}
      isKeptOpen={create.isPending || create.isSuccess}
      data-testid="new-api-key"
    >
      {choices.isPending && <Skeleton height={320} aria-label={t("common.loading")} />}
      {choices.isError && (
        <FailureState
          title={t("apiKeys.choicesFailed")}
          failure={choices.error}
          onRetry={() => void choices.refetch()}
          data-testid="api-key-choices-failed"
        />
      )}
      {create.isSuccess && <ShownApiKeyPanel shown={create.data} onDone={onClose} />}
      {choices.isSuccess && !create.isSuccess && (
        <NewApiKeyForm choices={choices.data} create={create} onClose={onClose} />
      )}
    </Sheet>
  );
}

type FormProps = { choices: ApiKeyChoices; create: ReturnType<typeof useCreateApiKey>; onClose: () => void };

function NewApiKeyForm({ choices, create, onClose }: FormProps) {
  const { t } = useTranslation();
  const [values, setValues] = useState<ApiKeyValues>(() => ({
    name: "",
    scopes: [],
    // Where there is one plant nobody is asked which.
    plantIds: choices.plants.length === 1 ? choices.plants.map(({ id }) => id) : [],
    validDays: choices.usualDays,
  }));
  const [isTried, setTried] = useState(false);
  // Pressed again after an answer that was lost, the same form makes no second key.
  const [requestKey, setRequestKey] = useState(() => crypto.randomUUID());

  function change(next: ApiKeyValues) {
    setValues(next);
    setRequestKey(crypto.randomUUID());
    if (create.isError) create.reset();
  }
  function submit(event: FormEvent) {
    event.preventDefault();
    setTried(true);
    if (isComplete(values)) create.mutate({ ...values, requestKey });
  }

  return (
    <form className={styles.form} onSubmit={submit} noValidate>
      <p className={styles.muted}>{t("apiKeys.newHelp")}</p>
      <ApiKeyFields values={values} choices={choices} onChange={change} isTried={isTried} failure={create.error} />
      {create.isError && !isApiKeyFieldFailure(create.error) && (
        <Notice tone="bad" data-testid="api-key-error">
          {failureText(t, create.error)}
        </Notice>
      )}
      <div className={styles.actions}>
        <ActionButton variant="default" type="button" data-testid="api-key-cancel" onClick={onClose}>
          {t("common.cancel")}
        </ActionButton>
        <ActionButton type="submit" data-testid="api-key-save" loading={create.isPending}>
          {t("apiKeys.create")}
        </ActionButton>
      </div>
    </form>
  );
}
