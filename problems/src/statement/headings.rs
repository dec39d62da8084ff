//! Headings of a statement's sections in its language.

/// A section, or a column of samples.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Heading {
    Input,
    Output,
    Interaction,
    Scoring,
    Note,
    Explanation,
    Tutorial,
    Hint,
    SampleInput,
    SampleOutput,
}

impl Heading {
    /// What it is in this language, of which the part before a hyphen counts; in English where it is not known.
    pub(crate) fn text(self, language: &str) -> &'static str {
        let primary = language.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase();
        let primary = match primary.as_str() {
            "nb" | "nn" => "no",
            other => other,
        };
        let known = TEXTS.iter().find(|(code, _)| *code == primary);
        let (_, texts) = known.unwrap_or(&TEXTS[0]);
        texts[self as usize]
    }
}

/// By the languages' codes (ISO 639-1); the texts stand in the order of [`Heading`]. English comes first.
#[rustfmt::skip]
const TEXTS: [(&str, [&str; 10]); 46] = [
    ("en", ["Input", "Output", "Interaction", "Scoring", "Note", "Explanation", "Tutorial", "Hint", "Sample input", "Sample output"]),
    ("ar", ["المدخلات", "المخرجات", "التفاعل", "احتساب النقاط", "ملاحظة", "شرح", "الحل", "تلميح", "مثال على المدخلات", "مثال على المخرجات"]),
    ("az", ["Giriş verilənləri", "Çıxış verilənləri", "İnteraktivlik", "Qiymətləndirmə", "Qeyd", "İzah", "Təhlil", "İpucu", "Giriş nümunəsi", "Çıxış nümunəsi"]),
    ("be", ["Уваходныя даныя", "Выхадныя даныя", "Пратакол узаемадзеяння", "Сістэма ацэньвання", "Заўвага", "Тлумачэнне", "Разбор", "Падказка", "Прыклад уваходных даных", "Прыклад выхадных даных"]),
    ("bg", ["Вход", "Изход", "Взаимодействие", "Оценяване", "Бележка", "Обяснение", "Анализ", "Подсказка", "Примерен вход", "Примерен изход"]),
    ("bn", ["ইনপুট", "আউটপুট", "ইন্টারঅ্যাকশন", "স্কোরিং", "নোট", "ব্যাখ্যা", "সমাধান", "ইঙ্গিত", "নমুনা ইনপুট", "নমুনা আউটপুট"]),
    ("bs", ["Ulazni podaci", "Izlazni podaci", "Interakcija", "Bodovanje", "Napomena", "Objašnjenje", "Rješenje", "Savjet", "Primjer ulaza", "Primjer izlaza"]),
    ("ca", ["Entrada", "Sortida", "Interacció", "Puntuació", "Nota", "Explicació", "Solució", "Pista", "Exemple d'entrada", "Exemple de sortida"]),
    ("cs", ["Vstup", "Výstup", "Interakce", "Hodnocení", "Poznámka", "Vysvětlení", "Řešení", "Nápověda", "Ukázkový vstup", "Ukázkový výstup"]),
    ("da", ["Input", "Output", "Interaktion", "Pointgivning", "Bemærkning", "Forklaring", "Løsning", "Hint", "Eksempel på input", "Eksempel på output"]),
    ("de", ["Eingabe", "Ausgabe", "Interaktion", "Bewertung", "Anmerkung", "Erklärung", "Lösung", "Hinweis", "Beispieleingabe", "Beispielausgabe"]),
    ("el", ["Είσοδος", "Έξοδος", "Αλληλεπίδραση", "Βαθμολόγηση", "Σημείωση", "Επεξήγηση", "Λύση", "Υπόδειξη", "Παράδειγμα εισόδου", "Παράδειγμα εξόδου"]),
    ("es", ["Entrada", "Salida", "Interacción", "Puntuación", "Nota", "Explicación", "Solución", "Pista", "Ejemplo de entrada", "Ejemplo de salida"]),
    ("et", ["Sisend", "Väljund", "Suhtlus", "Hindamine", "Märkus", "Selgitus", "Lahendus", "Vihje", "Näidissisend", "Näidisväljund"]),
    ("fa", ["ورودی", "خروجی", "تعامل", "امتیازدهی", "نکته", "توضیح", "راه‌حل", "راهنمایی", "ورودی نمونه", "خروجی نمونه"]),
    ("fi", ["Syöte", "Tuloste", "Vuorovaikutus", "Pisteytys", "Huomautus", "Selitys", "Ratkaisu", "Vihje", "Esimerkkisyöte", "Esimerkkituloste"]),
    ("fr", ["Entrée", "Sortie", "Interaction", "Score", "Remarque", "Explication", "Solution", "Indice", "Exemple d'entrée", "Exemple de sortie"]),
    ("he", ["קלט", "פלט", "אינטראקציה", "ניקוד", "הערה", "הסבר", "פתרון", "רמז", "קלט לדוגמה", "פלט לדוגמה"]),
    ("hi", ["इनपुट", "आउटपुट", "इंटरैक्शन", "अंकन", "टिप्पणी", "व्याख्या", "समाधान", "संकेत", "नमूना इनपुट", "नमूना आउटपुट"]),
    ("hr", ["Ulazni podaci", "Izlazni podaci", "Interakcija", "Bodovanje", "Napomena", "Pojašnjenje", "Rješenje", "Savjet", "Primjer ulaza", "Primjer izlaza"]),
    ("hu", ["Bemenet", "Kimenet", "Interakció", "Pontozás", "Megjegyzés", "Magyarázat", "Megoldás", "Segítség", "Mintabemenet", "Mintakimenet"]),
    ("id", ["Masukan", "Keluaran", "Interaksi", "Penilaian", "Catatan", "Penjelasan", "Pembahasan", "Petunjuk", "Contoh masukan", "Contoh keluaran"]),
    ("is", ["Inntak", "Úttak", "Gagnvirkni", "Stigagjöf", "Athugasemd", "Útskýring", "Lausn", "Vísbending", "Sýnidæmi um inntak", "Sýnidæmi um úttak"]),
    ("it", ["Input", "Output", "Interazione", "Punteggio", "Nota", "Spiegazione", "Soluzione", "Suggerimento", "Esempio di input", "Esempio di output"]),
    ("ja", ["入力", "出力", "インタラクション", "配点", "注記", "説明", "解説", "ヒント", "入力例", "出力例"]),
    ("kk", ["Кіріс деректер", "Шығыс деректер", "Өзара әрекеттесу", "Бағалау", "Ескертпе", "Түсіндірме", "Талдау", "Кеңес", "Кіріс деректер үлгісі", "Шығыс деректер үлгісі"]),
    ("ko", ["입력", "출력", "상호작용", "채점", "참고", "설명", "풀이", "힌트", "예제 입력", "예제 출력"]),
    ("lt", ["Pradiniai duomenys", "Rezultatai", "Sąveika", "Vertinimas", "Pastaba", "Paaiškinimas", "Sprendimas", "Užuomina", "Pradinių duomenų pavyzdys", "Rezultatų pavyzdys"]),
    ("lv", ["Ievaddati", "Izvaddati", "Mijiedarbība", "Vērtēšana", "Piezīme", "Paskaidrojums", "Risinājums", "Padoms", "Ievaddatu piemērs", "Izvaddatu piemērs"]),
    ("mk", ["Влез", "Излез", "Интеракција", "Бодување", "Забелешка", "Објаснување", "Решение", "Совет", "Пример за влез", "Пример за излез"]),
    ("ms", ["Input", "Output", "Interaksi", "Pemarkahan", "Nota", "Penjelasan", "Penyelesaian", "Petunjuk", "Contoh input", "Contoh output"]),
    ("nl", ["Invoer", "Uitvoer", "Interactie", "Puntentelling", "Opmerking", "Uitleg", "Oplossing", "Hint", "Voorbeeldinvoer", "Voorbeelduitvoer"]),
    ("no", ["Inndata", "Utdata", "Interaksjon", "Poenggivning", "Merknad", "Forklaring", "Løsning", "Hint", "Eksempel på inndata", "Eksempel på utdata"]),
    ("pl", ["Wejście", "Wyjście", "Interakcja", "Punktacja", "Uwaga", "Wyjaśnienie", "Omówienie", "Wskazówka", "Przykładowe wejście", "Przykładowe wyjście"]),
    ("pt", ["Entrada", "Saída", "Interação", "Pontuação", "Nota", "Explicação", "Solução", "Dica", "Exemplo de entrada", "Exemplo de saída"]),
    ("ro", ["Date de intrare", "Date de ieșire", "Interacțiune", "Punctaj", "Notă", "Explicație", "Soluție", "Indiciu", "Exemplu de intrare", "Exemplu de ieșire"]),
    ("ru", ["Входные данные", "Выходные данные", "Протокол взаимодействия", "Система оценки", "Примечание", "Пояснение", "Разбор", "Подсказка", "Пример входных данных", "Пример выходных данных"]),
    ("sk", ["Vstup", "Výstup", "Interakcia", "Hodnotenie", "Poznámka", "Vysvetlenie", "Riešenie", "Pomôcka", "Ukážkový vstup", "Ukážkový výstup"]),
    ("sl", ["Vhod", "Izhod", "Interakcija", "Točkovanje", "Opomba", "Razlaga", "Rešitev", "Namig", "Primer vhoda", "Primer izhoda"]),
    ("sr", ["Улаз", "Излаз", "Интеракција", "Бодовање", "Напомена", "Објашњење", "Решење", "Савет", "Пример улаза", "Пример излаза"]),
    ("sv", ["Indata", "Utdata", "Interaktion", "Poängsättning", "Anmärkning", "Förklaring", "Lösning", "Ledtråd", "Exempel på indata", "Exempel på utdata"]),
    ("th", ["ข้อมูลนำเข้า", "ข้อมูลส่งออก", "การโต้ตอบ", "การให้คะแนน", "หมายเหตุ", "คำอธิบาย", "เฉลย", "คำใบ้", "ตัวอย่างข้อมูลนำเข้า", "ตัวอย่างข้อมูลส่งออก"]),
    ("tr", ["Girdi", "Çıktı", "Etkileşim", "Puanlama", "Not", "Açıklama", "Çözüm", "İpucu", "Örnek girdi", "Örnek çıktı"]),
    ("uk", ["Вхідні дані", "Вихідні дані", "Протокол взаємодії", "Система оцінювання", "Примітка", "Пояснення", "Розбір", "Підказка", "Приклад вхідних даних", "Приклад вихідних даних"]),
    ("vi", ["Dữ liệu vào", "Dữ liệu ra", "Tương tác", "Chấm điểm", "Ghi chú", "Giải thích", "Lời giải", "Gợi ý", "Ví dụ dữ liệu vào", "Ví dụ dữ liệu ra"]),
    ("zh", ["输入", "输出", "交互", "评分", "说明", "解释", "题解", "提示", "样例输入", "样例输出"]),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_are_in_the_statement_s_language() {
        for (heading, language, text) in [
            (Heading::Input, "ru", "Входные данные"),
            (Heading::Note, "pt-BR", "Nota"),
            (Heading::Output, "NB", "Utdata"),
            (Heading::SampleOutput, "zh", "样例输出"),
            (Heading::Hint, "xx", "Hint"),
            (Heading::Scoring, "", "Scoring"),
        ] {
            assert_eq!(heading.text(language), text, "{language}");
        }
        assert!(TEXTS.iter().all(|(_, texts)| texts.iter().all(|text| !text.is_empty())));
    }
}
