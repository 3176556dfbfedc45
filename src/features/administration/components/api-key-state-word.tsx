import { IconCircleOff, IconClockExclamation, IconClockOff, IconKey } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { ApiKeyState } from "../../../bridge/bindings";
import { codedText } from "../../../texts/coded";
import styles from "./administration.module.css";

const icons = { active: IconKey, expires_soon: IconClockExclamation, expired: IconClockOff, revoked: IconCircleOff };

export function ApiKeyStateWord({ state, ...rest }: { state: ApiKeyState; "data-testid"?: string }) {
  const { t } = useTranslation();
  const Icon = icons[state];
  const isOver = state === "expired" || state === "revoked";
  return (
    <span
      className={styles.state}
      data-state={isOver ? "inactive" : state}
      data-tone={state === "expires_soon" ? "warn" : undefined}
      {...rest}
    >
      <Icon size={20} aria-hidden />
      {codedText(t, "apiKeyState", state) ?? state}
    </span>
  );
}
