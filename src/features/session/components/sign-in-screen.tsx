import { Button } from "@mantine/core";
import { IconKey, IconServerCog } from "@tabler/icons-react";
import { type ReactNode, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { StationStatus } from "../../../bridge/bindings";
import { Notice } from "../../../ui/notice";
import { ProductMark } from "../../../ui/product-mark";
import { DemoPeople } from "./demo-people-list";
import { SignInForm } from "./sign-in-form";
import styles from "./sign-in-screen.module.css";
import { SingleSignOn } from "./single-sign-on";

type Props = {
  status: StationStatus;
  settings: (onBack: () => void) => ReactNode;
  forgotten: (email: string, onBack: () => void) => ReactNode;
};

export function SignInScreen({ status, settings, forgotten }: Props) {
  const { t } = useTranslation();
  const [email, setEmail] = useState("");
  const [isSettings, setSettings] = useState(false);
  const [isForgotten, setForgotten] = useState(false);
  const password = useRef<HTMLInputElement>(null);
  const isRegistering = status.stage.type === "not_registered";

  if (isSettings) return settings(() => setSettings(false));
  if (isForgotten) return forgotten(email, () => setForgotten(false));
  return (
    <main className={styles.page} data-testid="sign-in">
      <div className={styles.column}>
        <div className={styles.product}>
          <ProductMark size={40} />
          <div>
            <strong>{t("common.productName")}</strong>
            <Place status={status} />
          </div>
        </div>
        <h1>{isRegistering ? t("signIn.register") : t("signIn.title")}</h1>
        {isRegistering && (
          <Notice tone="calm" data-testid="sign-in-register">
            {t("signIn.registerHelp")}
          </Notice>
        )}
        {status.connection.type === "offline" && (
          <Notice tone="warn" data-testid="sign-in-offline">
            {t("signIn.offline")}
          </Notice>
        )}
        <SignInForm email={email} onEmail={setEmail} passwordRef={password} isRegistering={isRegistering} />
        {!isRegistering && <SingleSignOn isOnline={status.connection.type === "online"} />}
        <div className={styles.links}>
          <Button
            variant="subtle"
            leftSection={<IconKey size={20} aria-hidden />}
            data-testid="sign-in-forgotten"
            onClick={() => setForgotten(true)}
          >
            {t("signIn.forgotten")}
          </Button>
          <Button
            variant="subtle"
            leftSection={<IconServerCog size={20} aria-hidden />}
            data-testid="sign-in-settings"
            onClick={() => setSettings(true)}
          >
            {t("signIn.settings")}
          </Button>
        </div>
      </div>
      {status.isDemo && (
        <DemoPeople
          chosen={email}
          onChoose={(chosen) => {
            setEmail(chosen);
            password.current?.focus();
          }}
        />
      )}
    </main>
  );
}

function Place({ status }: { status: StationStatus }) {
  const parts = [status.plantName, status.stationName].filter((part) => part !== null);
  return <span>{parts.join(" · ")}</span>;
}
