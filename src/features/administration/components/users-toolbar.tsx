import { Select, TextInput } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { Role, UserState } from "../../../bridge/bindings";
import { codedText } from "../../../texts/coded";
import { usePlants } from "../api/list-plants";
import type { UserFilter } from "../api/list-users";
import { useRoleMatrix } from "../api/role-matrix";
import styles from "./administration.module.css";

type Props = { filter: UserFilter; onFilter: (filter: UserFilter) => void };

const states: UserState[] = ["active", "inactive", "locked"];

export function UsersToolbar({ filter, onFilter }: Props) {
  const { t } = useTranslation();
  const roles = useRoleMatrix();
  const plants = usePlants();
  return (
    <div className={styles.toolbar}>
      <TextInput
        className={styles.search}
        aria-label={t("users.search")}
        placeholder={t("users.search")}
        autoComplete="off"
        spellCheck={false}
        leftSection={<IconSearch size={20} aria-hidden />}
        data-testid="users-search"
        value={filter.search}
        onChange={(event) => onFilter({ ...filter, search: event.currentTarget.value })}
      />
      <Select
        className={styles.filter}
        aria-label={t("users.role")}
        placeholder={t("users.everyRole")}
        clearable
        clearButtonProps={{ "aria-label": t("users.everyRole") }}
        data-testid="users-role"
        data={(roles.data?.roles ?? []).map(({ role }) => ({
          value: role,
          label: codedText(t, "roles", role) ?? role,
        }))}
        value={filter.role}
        onChange={(role) => onFilter({ ...filter, role: role as Role | null })}
      />
      <Select
        className={styles.filter}
        aria-label={t("users.plant")}
        placeholder={t("users.everyPlant")}
        clearable
        clearButtonProps={{ "aria-label": t("users.everyPlant") }}
        data-testid="users-plant"
        data={(plants.data?.items ?? []).map(({ id, name }) => ({ value: id, label: name }))}
        value={filter.plantId}
        onChange={(plantId) => onFilter({ ...filter, plantId })}
      />
      <Select
        className={styles.filter}
        aria-label={t("users.state")}
        placeholder={t("users.everyState")}
        clearable
        clearButtonProps={{ "aria-label": t("users.everyState") }}
        data-testid="users-state"
        data={states.map((state) => ({ value: state, label: codedText(t, "accountState", state) ?? state }))}
        value={filter.state}
        onChange={(state) => onFilter({ ...filter, state: state as UserState | null })}
      />
    </div>
  );
}
