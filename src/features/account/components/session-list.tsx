import { Button, Skeleton } from "@mantine/core";
import { IconDeviceDesktop } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { SessionView } from "../../../bridge/bindings";
import { failureText } from "../../../texts/failure-text";
import { FailureState } from "../../../ui/failure-state";
import { useFormats } from "../../../ui/formats";
import { Notice } from "../../../ui/notice";
import { useAccount } from "../api/account";
import { useRevokeSession } from "../api/revoke-session";
import styles from "./account.module.css";

/** Where the person is signed in; each of the others can be ended. */
export function SessionList() {
  const { t } = useTranslation();
  const account = useAccount();
  const revoke = useRevokeSession();
  if (account.isPending) return <Skeleton height={180} />;
  if (account.isError) {
    return (
      <FailureState
        title={t("account.sessionsFailed")}
        failure={account.error}
        onRetry={() => void account.refetch()}
        data-testid="sessions-failed"
      />
    );
  }
  return (
    <>
      <ul className={styles.sessions} data-testid="sessions">
        {account.data.sessions.map((session) => (
          <Session
            key={session.id}
            session={session}
            isEnding={revoke.isPending && revoke.variables === session.id}
            onEnd={() => revoke.mutate(session.id)}
          />
        ))}
      </ul>
      {revoke.isError && (
        <Notice tone="bad" data-testid="sessions-error">
          {failureText(t, revoke.error)}
        </Notice>
      )}
    </>
  );
}

type Props = { session: SessionView; isEnding: boolean; onEnd: () => void };

function Session({ session, isEnding, onEnd }: Props) {
  const { t } = useTranslation();
  const formats = useFormats();
  const place = session.stationName ?? session.address ?? t("account.somewhere");
  return (
    <li className={styles.session} data-testid={`session-${session.id}`} data-current={session.isCurrent || undefined}>
      <IconDeviceDesktop size={26} stroke={1.6} aria-hidden />
      <div className={styles.words}>
        <strong>{place}</strong>
        <span>{t("account.openedAt", { time: formats.dateTime(session.openedAt) })}</span>
        <span>{t("account.endsAt", { time: formats.dateTime(session.expiresAt) })}</span>
      </div>
      {session.isCurrent ? (
        <span className={styles.here} data-testid="session-here">
          {t("account.here")}
        </span>
      ) : (
        <Button
          variant="default"
          data-testid={`session-end-${session.id}`}
          aria-label={t("account.endAt", { place, time: formats.dateTime(session.openedAt) })}
          loading={isEnding}
          onClick={onEnd}
        >
          {t("account.end")}
        </Button>
      )}
    </li>
  );
}
