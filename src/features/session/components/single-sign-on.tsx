import { Button, Loader } from "@mantine/core";
import { IconBuildingSkyscraper } from "@tabler/icons-react";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { failureCode, failureText } from "../../../texts/failure-text";
import { ActionButton } from "../../../ui/action-button";
import { Notice } from "../../../ui/notice";
import { cancelSingleSignOn, useOffersSingleSignOn, useSignInAtProvider } from "../api/single-sign-on";
import styles from "./sign-in-screen.module.css";

/** The second way in, where the plant has an identity provider: the system's browser. */
export function SingleSignOn({ isOnline }: { isOnline: boolean }) {
  const { t } = useTranslation();
  const offers = useOffersSingleSignOn(isOnline);
  const signIn = useSignInAtProvider();
  const isWaiting = signIn.isPending;

  // Whoever goes to another screen has given up; a person who signs in hours later would be a surprise.
  useEffect(() => {
    if (!isWaiting) return;
    return () => void cancelSingleSignOn();
  }, [isWaiting]);

  if (!isOnline || offers.data !== true) return null;
  // Whoever gave up knows it.
  const failure = signIn.isError && failureCode(signIn.error) !== "single_sign_on_cancelled" ? signIn.error : null;
  return (
    <div className={styles.form} data-testid="single-sign-on">
      <span className={styles.or} aria-hidden>
        {t("signIn.or")}
      </span>
      {isWaiting ? (
        <div className={styles.waiting} role="status" data-testid="single-sign-on-waiting">
          <Loader size={22} aria-hidden />
          <span>{t("signIn.inBrowser")}</span>
          <Button variant="default" data-testid="single-sign-on-cancel" onClick={() => void cancelSingleSignOn()}>
            {t("common.cancel")}
          </Button>
        </div>
      ) : (
        <ActionButton
          variant="default"
          fullWidth
          leftSection={<IconBuildingSkyscraper size={22} aria-hidden />}
          data-testid="single-sign-on-start"
          onClick={() => signIn.mutate()}
        >
          {t("signIn.atProvider")}
        </ActionButton>
      )}
      {failure !== null && (
        <Notice tone="bad" data-testid="single-sign-on-error">
          {failureText(t, failure)}
        </Notice>
      )}
    </div>
  );
}
