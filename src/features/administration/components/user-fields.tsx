import { MultiSelect, Select, TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Department, Role } from "../../../bridge/bindings";
import { codedText } from "../../../texts/coded";
import { usePlants } from "../api/list-plants";
import { useRoleMatrix } from "../api/role-matrix";
import styles from "./administration.module.css";

export type UserValues = {
  name: string;
  email: string;
  role: Role | null;
  department: Department | null;
  plantIds: string[];
};

type Props = {
  values: UserValues;
  onChange: (values: UserValues) => void;
  errors: Partial<Record<keyof UserValues, string>>;
  /** An address is given once and never changes. */
  hasEmail: boolean;
  /** Others change one's own role and plants. */
  isOwn?: boolean;
};

export function UserFields({ values, onChange, errors, hasEmail, isOwn = false }: Props) {
  const { t } = useTranslation();
  const roles = useRoleMatrix();
  const plants = usePlants();
  const of = (role: Role | null) => roles.data?.roles.find((row) => row.role === role);
  const departments = of(values.role)?.departments ?? [];

  function chooseRole(role: Role | null) {
    const [usual = null, ...others] = of(role)?.departments ?? [];
    const stays = values.department !== null && others.includes(values.department);
    onChange({ ...values, role, department: stays ? values.department : usual });
  }

  return (
    <>
      <TextInput
        label={t("users.name")}
        autoComplete="off"
        data-testid="user-name"
        error={errors.name}
        value={values.name}
        onChange={(event) => onChange({ ...values, name: event.currentTarget.value })}
      />
      {hasEmail && (
        <TextInput
          label={t("users.email")}
          description={t("users.emailHelp")}
          type="email"
          autoComplete="off"
          spellCheck={false}
          data-testid="user-email"
          error={errors.email}
          value={values.email}
          onChange={(event) => onChange({ ...values, email: event.currentTarget.value })}
        />
      )}
      <Select
        label={t("users.role")}
        description={isOwn ? t("users.ownRole") : undefined}
        searchable
        disabled={isOwn}
        data-testid="user-role"
        nothingFoundMessage={t("users.nothingFound")}
        error={errors.role}
        data={(roles.data?.roles ?? []).map(({ role }) => ({
          value: role,
          label: codedText(t, "roles", role) ?? role,
        }))}
        value={values.role}
        onChange={(role) => chooseRole(role as Role | null)}
      />
      <Select
        label={t("users.department")}
        data-testid="user-department"
        error={errors.department}
        data={departments.map((department) => ({
          value: department,
          label: codedText(t, "departments", department) ?? department,
        }))}
        value={values.department}
        onChange={(department) => onChange({ ...values, department: department as Department | null })}
      />
      <MultiSelect
        label={t("users.plants")}
        description={of(values.role)?.needsPlant === false ? t("users.plantsHelpAll") : t("users.plantsHelp")}
        size="md"
        inputWrapperOrder={["label", "input", "description", "error"]}
        disabled={isOwn}
        searchable
        hidePickedOptions
        classNames={{ pillsList: styles.pills }}
        nothingFoundMessage={t("users.nothingFound")}
        data-testid="user-plants"
        error={errors.plantIds}
        data={(plants.data?.items ?? []).map(({ id, name }) => ({ value: id, label: name }))}
        value={values.plantIds}
        onChange={(plantIds) => onChange({ ...values, plantIds })}
      />
    </>
  );
}
