import { useTranslation } from "react-i18next";
import { failureCode, failureText } from "../texts/failure-text";
import { ActionButton } from "./action-button";
import { Notice } from "./notice";

type Props = { failure: unknown; onRefresh: () => void };

/** Why a change was not made; after a lost race, what the other person made of it is one press away. */
export function ChangeFailure({ failure, onRefresh }: Props) {
  const { t } = useTranslation();
  const code = failureCode(failure);
  const isRaceLost = code === "changed_meanwhile";
  return (
    // The button that was pressed may stand below what the panel shows.
    <div ref={(element) => element?.scrollIntoView?.({ block: "nearest" })}>
      <Notice
        tone={isRaceLost ? "warn" : "bad"}
        data-testid="change-error"
        action={
          isRaceLost ? (
            <ActionButton variant="default" type="button" data-testid="change-refresh" onClick={onRefresh}>
              {t("administration.showNewest")}
            </ActionButton>
          ) : undefined
        }
      >
        <span data-code={code}>{failureText(t, failure)}</span>
      </Notice>
    </div>
  );
}
