import { useTranslation } from "react-i18next";
import { codedText } from "../../../texts/coded";
import { demoPeople } from "./demo-people";
import styles from "./sign-in-screen.module.css";

type Props = { chosen: string; onChoose: (email: string) => void };

export function DemoPeople({ chosen, onChoose }: Props) {
  const { t } = useTranslation();
  return (
    <aside className={styles.demo} aria-labelledby="demo-people" data-testid="demo-people">
      <h2 id="demo-people">{t("signIn.demoTitle")}</h2>
      <p>{t("signIn.demoHelp")}</p>
      <ul className={styles.people}>
        {demoPeople.map((person) => (
          <li key={person.email}>
            <button
              type="button"
              className={styles.person}
              data-testid={`demo-person-${person.email}`}
              aria-pressed={chosen === person.email}
              onClick={() => onChoose(person.email)}
            >
              <strong>{person.name}</strong>
              <span>{codedText(t, "roles", person.role) ?? person.role}</span>
            </button>
          </li>
        ))}
      </ul>
    </aside>
  );
}
