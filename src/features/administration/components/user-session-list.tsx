import { IconDevices } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { SessionItem } from "../../../bridge/bindings";
import { failureText } from "../../../texts/failure-text";
import { ActionButton } from "../../../ui/action-button";
import { useFormats } from "../../../ui/formats";
import { Notice } from "../../../ui/notice";
import { useEndUserSessions } from "../api/end-user-sessions";
import styles from "./administration.module.css";

type Props = { userId: string; sessions: SessionItem[] };

/** Where the person is signed in now; each can be ended. */
export function UserSessionList({ userId, sessions }: Props) {
  const { t } = useTranslation();
  const formats = useFormats();
  const end = useEndUserSessions(userId);
  return (
    <section className={styles.section} data-testid="user-sessions" data-count={sessions.length}>
      <h2>{t("users.sessions")}</h2>
      {sessions.length === 0 && <p className={styles.muted}>{t("users.noSessions")}</p>}
      {sessions.length > 0 && (
        <ul className={styles.list}>
          {sessions.map((session) => (
            <li key={session.id} className={styles.row} data-testid={`user-session-${session.id}`}>
              <IconDevices size={22} aria-hidden />
              <div className={styles.two}>
                <span>{t("users.signedIn", { time: formats.dateTime(session.createdAt) })}</span>
                <small>
                  {t("users.sessionFrom", {
                    address: session.clientAddress ?? t("common.none"),
                    time: formats.shortTime(session.lastUsedAt),
                  })}
                </small>
              </div>
              <ActionButton
                variant="default"
                data-testid="user-session-end"
                loading={end.isPending && end.variables === session.id}
                onClick={() => end.mutate(session.id)}
              >
                {t("users.endSession")}
              </ActionButton>
            </li>
          ))}
        </ul>
      )}
      {end.isError && (
        <Notice tone="bad" data-testid="user-sessions-error">
          {failureText(t, end.error)}
        </Notice>
      )}
      {sessions.length > 1 && (
        <ActionButton
          variant="default"
          data-testid="user-sessions-end"
          loading={end.isPending && end.variables === null}
          onClick={() => end.mutate(null)}
        >
          {t("users.endSessions")}
        </ActionButton>
      )}
    </section>
  );
}
