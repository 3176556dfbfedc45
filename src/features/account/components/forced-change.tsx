import { Button } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { SignedInPerson } from "../../../bridge/bindings";
import { Notice } from "../../../ui/notice";
import { ProductMark } from "../../../ui/product-mark";
import styles from "./account.module.css";
import { PasswordForm } from "./password-form";

type Props = { person: SignedInPerson; onOtherPerson: () => void };

/** Somebody else chose the password: before anything else the person chooses one that nobody else knows. */
export function ForcedChange({ person, onOtherPerson }: Props) {
  const { t } = useTranslation();
  return (
    <main className={styles.alone} data-testid="forced-change">
      <div className={styles.column}>
        <div className={styles.product}>
          <ProductMark size={40} />
          <div>
            <strong>{t("common.productName")}</strong>
            <span>{person.name}</span>
          </div>
        </div>
        <h1>{t("account.forcedTitle")}</h1>
        <Notice tone="calm" data-testid="forced-change-why">
          {t("account.forcedHelp")}
        </Notice>
        <PasswordForm currentLabel={t("account.oneTimePassword")} />
        <Button variant="subtle" data-testid="forced-change-leave" onClick={onOtherPerson}>
          {t("shell.signOut")}
        </Button>
      </div>
    </main>
  );
}
