import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { SignedInPerson } from "../../../bridge/bindings";
import { codedText } from "../../../texts/coded";
import { useFormats } from "../../../ui/formats";
import { Page } from "../../../ui/page";
import { useAccount } from "../api/account";
import styles from "./account.module.css";
import { PasswordForm } from "./password-form";
import { SecondFactor } from "./second-factor";
import { SessionList } from "./session-list";

type Props = { person: SignedInPerson; preferences: ReactNode };

/** What belongs to the person: the password, where they are signed in, and how the screens look to them. */
export function ProfileScreen({ person, preferences }: Props) {
  const { t } = useTranslation();
  const role = codedText(t, "roles", person.role) ?? person.role;
  return (
    <Page title={t("account.title")} note={`${person.name} · ${role} · ${person.email}`} data-testid="profile">
      <div className={styles.columns}>
        <div className={styles.side}>
          <Section title={t("account.sectionPassword")} note={<ChangedAt />}>
            <PasswordForm currentLabel={t("account.currentPassword")} />
          </Section>
          <Section title={t("account.sectionFactor")}>
            <SecondFactor />
          </Section>
        </div>
        <div className={styles.side}>
          <Section title={t("account.sectionSessions")} note={t("account.sessionsHelp")}>
            <SessionList />
          </Section>
          <Section title={t("settings.sectionLook")}>{preferences}</Section>
        </div>
      </div>
    </Page>
  );
}

function ChangedAt() {
  const { t } = useTranslation();
  const formats = useFormats();
  const changedAt = useAccount().data?.passwordChangedAt;
  return changedAt ? t("account.changedAt", { time: formats.dateTime(changedAt) }) : null;
}

type SectionProps = { title: string; note?: ReactNode; children: ReactNode };

function Section({ title, note, children }: SectionProps) {
  return (
    <section className={styles.section}>
      <div>
        <h2>{title}</h2>
        {note !== undefined && <p className={styles.note}>{note}</p>}
      </div>
      {children}
    </section>
  );
}
