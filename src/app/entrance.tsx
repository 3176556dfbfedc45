import { RouterProvider } from "@tanstack/react-router";
import { type ReactNode, useEffect, useMemo } from "react";
import { useTranslation } from "react-i18next";
import { reportPainted } from "../bridge/painted";
import { ForcedChange } from "../features/account/components/forced-change";
import { ForgottenPassword } from "../features/account/components/forgotten-password";
import { useCurrentPerson } from "../features/session/api/current-person";
import { useSignOut } from "../features/session/api/sign-out";
import { SignInScreen } from "../features/session/components/sign-in-screen";
import { LanguageChoice } from "../features/settings/components/language-choice";
import { StartSettings } from "../features/settings/components/start-settings";
import { useStationStatus } from "../features/station/api/station-status";
import { FirstStart } from "../features/station/components/first-start";
import { Problem } from "../features/station/components/problem";
import { RegisterStation } from "../features/station/components/register-station";
import { Starting } from "../features/station/components/starting";
import styles from "./entrance.module.css";
import { createAppRouter } from "./router";
import { StationContext } from "./station-context";

const settings = (onBack: () => void) => <StartSettings onBack={onBack} />;
const forgotten = (email: string, onBack: () => void) => <ForgottenPassword email={email} onBack={onBack} />;

/** Decides what a person meets: the start, the sign-in, or the station itself. */
export function Entrance() {
  const status = useStationStatus();
  const stage = status.data?.stage.type;
  const isRunning = stage === "ready" || stage === "not_registered";
  const person = useCurrentPerson(isRunning);
  const signOut = useSignOut();
  const router = useMemo(createAppRouter, []);
  const isWaiting = status.isPending || (isRunning && person.isPending);

  // The next person begins at a screen of their own, not where the last one stopped.
  useEffect(() => {
    if (isRunning && person.data === null) void router.navigate({ to: "/" });
  }, [isRunning, person.data, router]);
  useEffect(() => {
    if (!isWaiting && stage !== "starting") reportPainted();
  }, [isWaiting, stage]);

  if (status.isError) {
    return (
      <Before>
        <Problem error={{ code: "crashed", detail: String(status.error), values: [] }} settings={settings} />
      </Before>
    );
  }
  if (status.data === undefined || isWaiting) return <Before>{null}</Before>;
  const { data } = status;
  if (isRunning && person.data?.mustChangePassword) {
    return (
      <Before>
        <ForcedChange person={person.data} onOtherPerson={() => signOut.mutate()} />
      </Before>
    );
  }
  if (data.stage.type === "ready" && person.data) {
    return (
      <StationContext value={{ person: person.data, status: data }}>
        <RouterProvider router={router} />
      </StationContext>
    );
  }
  return (
    <Before>
      {data.stage.type === "first_start" && <FirstStart settings={settings} />}
      {data.stage.type === "starting" && <Starting step={data.stage.step} />}
      {data.stage.type === "problem" && <Problem error={data.stage.error} settings={settings} />}
      {data.stage.type === "not_registered" && person.data && (
        <RegisterStation person={person.data} onOtherPerson={() => signOut.mutate()} />
      )}
      {isRunning && !person.data && <SignInScreen status={data} settings={settings} forgotten={forgotten} />}
    </Before>
  );
}

function Before({ children }: { children: ReactNode }) {
  const { t } = useTranslation();
  return (
    <div className={styles.before}>
      {children}
      <aside className={styles.corner} aria-label={t("language.title")}>
        <LanguageChoice />
      </aside>
    </div>
  );
}
