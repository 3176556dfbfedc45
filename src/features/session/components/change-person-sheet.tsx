import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Sheet } from "../../../ui/sheet";
import styles from "../../../ui/step-sheet.module.css";
import { SignInForm } from "./sign-in-form";

/** Hands the station to another person; the screen below stays, and each entry has its own person. */
export function ChangePersonSheet({ name, onClose }: { name: string; onClose: () => void }) {
  const { t } = useTranslation();
  const [email, setEmail] = useState("");
  const password = useRef<HTMLInputElement>(null);
  return (
    <Sheet isOpen onClose={onClose} side="bottom" title={t("changePerson.title")} data-testid="change-person-sheet">
      <div className={styles.step}>
        <p>{t("changePerson.help", { name })}</p>
        <SignInForm
          email={email}
          onEmail={setEmail}
          passwordRef={password}
          isRegistering={false}
          onSignedIn={onClose}
        />
      </div>
    </Sheet>
  );
}
