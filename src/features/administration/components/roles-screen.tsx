import { Skeleton } from "@mantine/core";
import { IconCheck } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { RoleMatrix } from "../../../bridge/bindings";
import { codedText } from "../../../texts/coded";
import { FailureState } from "../../../ui/failure-state";
import { Page } from "../../../ui/page";
import { useRoleMatrix } from "../api/role-matrix";
import styles from "./administration.module.css";

/** What each role may do: the rules of the program, to be read. */
export function RolesScreen({ isOffline }: { isOffline: boolean }) {
  const { t } = useTranslation();
  const read = useRoleMatrix();
  return (
    <Page title={t("roleMatrix.title")} note={t("roleMatrix.note")} isFilling data-testid="roles">
      <div className={styles.frame}>
        {read.isPending && <Skeleton height={400} aria-label={t("common.loading")} />}
        {read.isError && (
          <FailureState
            title={isOffline ? t("administration.offlineTitle") : t("roleMatrix.failed")}
            failure={read.error}
            help={isOffline ? t("administration.offlineHelp") : undefined}
            onRetry={() => void read.refetch()}
            data-testid="roles-failed"
          />
        )}
        {read.isSuccess && <Matrix matrix={read.data} />}
      </div>
    </Page>
  );
}

function Matrix({ matrix }: { matrix: RoleMatrix }) {
  const { t } = useTranslation();
  return (
    <table className={styles.matrix} data-testid="role-matrix">
      <thead>
        <tr>
          <th scope="col">{t("users.role")}</th>
          {matrix.capabilities.map((capability) => (
            <th key={capability} scope="col" className={styles.upright} data-testid={`capability-${capability}`}>
              <span>{codedText(t, "capabilities", capability) ?? capability}</span>
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {matrix.roles.map(({ role, departments, capabilities, needsPlant }) => (
          <tr key={role} data-testid={`role-row-${role.toLowerCase().replaceAll(" ", "-")}`}>
            <th scope="row">
              <span>{codedText(t, "roles", role) ?? role}</span>
              <small>
                {departments.map((department) => codedText(t, "departments", department) ?? department).join(", ")}
                {!needsPlant && ` · ${t("users.everyPlant")}`}
              </small>
            </th>
            {matrix.capabilities.map((capability) => (
              <td key={capability} data-allowed={capabilities.includes(capability) || undefined}>
                {capabilities.includes(capability) ? (
                  <IconCheck size={20} stroke={2.4} aria-label={t("lists.yes")} />
                ) : (
                  <span aria-hidden>{t("lists.nothing")}</span>
                )}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
