import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Department, Role, UserDetails } from "../../../bridge/bindings";
import { ActionButton } from "../../../ui/action-button";
import { ChangeFailure } from "../../../ui/change-failure";
import { ReasonField } from "../../../ui/reason-field";
import { useChangeUser } from "../api/change-user";
import styles from "./administration.module.css";
import { isFieldFailure, userErrors } from "./user-errors";
import { UserFields, type UserValues } from "./user-fields";

type Props = { details: UserDetails; onBack: () => void; onRefresh: () => void };

export function ChangeUserForm({ details, onBack, onRefresh }: Props) {
  const { t } = useTranslation();
  const change = useChangeUser();
  const { user, etag } = details;
  const [values, setValues] = useState<UserValues>({
    name: user.name,
    email: user.email,
    // A word that the old system left behind is in no list, so another one must be chosen.
    role: user.role as Role,
    department: user.department as Department,
    plantIds: user.plants.map((plant) => plant.id),
  });
  const [reason, setReason] = useState("");
  const [isTried, setTried] = useState(false);

  function submit(event: FormEvent) {
    event.preventDefault();
    setTried(true);
    const { name, role, department, plantIds } = values;
    if (name.trim() === "" || role === null || department === null || reason.trim() === "") return;
    change.mutate({ id: user.id, etag, name, role, department, plantIds, reason }, { onSuccess: onBack });
  }

  return (
    <form className={styles.form} onSubmit={submit} noValidate data-testid="change-user">
      <UserFields
        values={values}
        onChange={(next) => {
          setValues(next);
          if (isFieldFailure(change.error)) change.reset();
        }}
        errors={userErrors(t, values, isTried, change.error)}
        hasEmail={false}
        isOwn={details.isOwn}
      />
      <ReasonField value={reason} onChange={setReason} isMissing={isTried && reason.trim() === ""} />
      {change.isError && !isFieldFailure(change.error) && (
        <ChangeFailure failure={change.error} onRefresh={onRefresh} />
      )}
      <div className={styles.actions}>
        <ActionButton variant="default" type="button" data-testid="user-cancel" onClick={onBack}>
          {t("common.cancel")}
        </ActionButton>
        <ActionButton type="submit" data-testid="user-save" loading={change.isPending}>
          {t("administration.save")}
        </ActionButton>
      </div>
    </form>
  );
}
