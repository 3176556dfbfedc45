import { useTranslation } from "react-i18next";
import type { ApiKeyItem } from "../../../bridge/bindings";
import { codedText } from "../../../texts/coded";
import { useFormats } from "../../../ui/formats";
import styles from "./administration.module.css";
import { ApiKeyStateWord } from "./api-key-state-word";

/** Everything that is known of a key; its text is not. */
export function ApiKeyFacts({ item }: { item: ApiKeyItem }) {
  const { t } = useTranslation();
  const formats = useFormats();
  return (
    <dl className={styles.facts} data-testid="api-key-facts">
      <dt>{t("apiKeys.state")}</dt>
      <dd>
        <ApiKeyStateWord state={item.state} data-testid="api-key-state" />
      </dd>
      <dt>{t("apiKeys.scopes")}</dt>
      <dd>
        {item.scopes.map((scope) => (
          <div key={scope}>{codedText(t, "capabilities", scope) ?? scope}</div>
        ))}
      </dd>
      <dt>{t("apiKeys.plants")}</dt>
      <dd>{item.plants.map(({ name }) => name).join(", ")}</dd>
      <dt>{t("apiKeys.made")}</dt>
      <dd>{t("apiKeys.by", { time: formats.dateTime(item.createdAt), name: item.createdByName })}</dd>
      <dt>{t("apiKeys.expiresAt")}</dt>
      <dd>{formats.dateTime(item.expiresAt)}</dd>
      <dt>{t("apiKeys.lastUsed")}</dt>
      <dd>
        {item.lastUsedAt === null
          ? t("users.never")
          : t("apiKeys.toTheHour", { time: formats.dateTime(item.lastUsedAt) })}
      </dd>
      {item.revokedAt !== null && (
        <>
          <dt>{t("apiKeys.revoked")}</dt>
          <dd data-testid="api-key-revoked">
            {t("apiKeys.by", { time: formats.dateTime(item.revokedAt), name: item.revokedBy ?? "" })}
            {item.revokedCause === "maker_deactivated" && <div>{t("apiKeys.makerDeactivated")}</div>}
          </dd>
        </>
      )}
      <dt>{t("apiKeys.id")}</dt>
      <dd className={styles.id} data-selectable>
        {`vk_${item.id.replaceAll("-", "")}_…`}
      </dd>
    </dl>
  );
}
