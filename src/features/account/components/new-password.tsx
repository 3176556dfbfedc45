import { PasswordInput } from "@mantine/core";
import { useTranslation } from "react-i18next";

export type NewPassword = { chosen: string; repeated: string };

type Props = { value: NewPassword; onChange: (value: NewPassword) => void };

/** Typed twice, since nobody sees it: a slip would lock the person out. */
export function NewPasswordFields({ value, onChange }: Props) {
  const { t } = useTranslation();
  const toggle = { "aria-label": t("signIn.showPassword") };
  return (
    <>
      <PasswordInput
        label={t("account.newPassword")}
        description={t("account.newPasswordHelp")}
        autoComplete="off"
        data-testid="new-password"
        visibilityToggleButtonProps={toggle}
        value={value.chosen}
        onChange={(event) => onChange({ ...value, chosen: event.currentTarget.value })}
      />
      <PasswordInput
        label={t("account.repeatPassword")}
        autoComplete="off"
        data-testid="repeat-password"
        visibilityToggleButtonProps={toggle}
        value={value.repeated}
        onChange={(event) => onChange({ ...value, repeated: event.currentTarget.value })}
      />
    </>
  );
}

/** Why the new password cannot be sent yet; whether it is a good one, the server says. */
export function useMissing({ chosen, repeated }: NewPassword, others: boolean): string | undefined {
  const { t } = useTranslation();
  if (!others || chosen === "" || repeated === "") return t("account.missing");
  return chosen === repeated ? undefined : t("account.repeatDiffers");
}
