import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { failureText } from "../../../texts/failure-text";
import { ActionButton } from "../../../ui/action-button";
import { Notice } from "../../../ui/notice";
import { Sheet } from "../../../ui/sheet";
import { useCreateUser } from "../api/create-user";
import styles from "./administration.module.css";
import { ShownSecretPanel } from "./shown-secret-panel";
import { isFieldFailure, userErrors } from "./user-errors";
import { UserFields, type UserValues } from "./user-fields";

const nobody: UserValues = { name: "", email: "", role: null, department: null, plantIds: [] };

export function NewUserSheet({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const create = useCreateUser();
  const [values, setValues] = useState(nobody);
  const [isTried, setTried] = useState(false);
  // Pressed again after an answer that was lost, the same form makes nobody twice.
  const [requestKey, setRequestKey] = useState(() => crypto.randomUUID());

  function change(next: UserValues) {
    setValues(next);
    setRequestKey(crypto.randomUUID());
    if (create.isError) create.reset();
  }
  function submit(event: FormEvent) {
    event.preventDefault();
    setTried(true);
    const { name, email, role, department, plantIds } = values;
    if (name.trim() === "" || email.trim() === "" || role === null || department === null) return;
    create.mutate({ name, email, role, department, plantIds, requestKey });
  }

  return (
    <Sheet
      isOpen
      onClose={onClose}
      side="right"
      title={create.isSuccess ? t("users.made") : t("users.new")}
      isKeptOpen={create.isPending || create.isSuccess}
      data-testid="new-user"
    >
      {create.isSuccess ? (
        <ShownSecretPanel shown={create.data} onDone={onClose} />
      ) : (
        <form className={styles.form} onSubmit={submit} noValidate>
          <p className={styles.muted}>{t("users.newHelp")}</p>
          <UserFields
            values={values}
            onChange={change}
            errors={userErrors(t, values, isTried, create.error)}
            hasEmail
          />
          {create.isError && !isFieldFailure(create.error) && (
            <Notice tone="bad" data-testid="user-error">
              {failureText(t, create.error)}
            </Notice>
          )}
          <div className={styles.actions}>
            <ActionButton variant="default" type="button" data-testid="user-cancel" onClick={onClose}>
              {t("common.cancel")}
            </ActionButton>
            <ActionButton type="submit" data-testid="user-save" loading={create.isPending}>
              {t("users.create")}
            </ActionButton>
          </div>
        </form>
      )}
    </Sheet>
  );
}
