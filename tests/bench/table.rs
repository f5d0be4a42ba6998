//! A report as a table that reads well in a terminal and as Markdown.

use std::fmt::Write as _;

use bella_measure::{EngineBuild, Kind, Report, Run, median, percentile};

/// Figures down, builds across; medians.
pub fn table(report: &Report) -> String {
    let mut text = String::from("# Measured on this device\n\n");
    let machine = &report.machine;
    let facts = [
        Some(format!("{} on {} threads", machine.browser, machine.cores)),
        machine.processor.clone(),
        machine.system.clone(),
        Some(machine.date.clone()),
        machine.commit.as_ref().map(|commit| format!("commit {commit}")),
        machine.load.as_ref().map(|load| format!("load {load}")),
    ];
    let facts: Vec<String> = facts.into_iter().flatten().collect();
    let _ = writeln!(text, "{}\n", facts.join("; "));
    write_rows(&mut text, &rows(report));
    for files in &report.engine_files {
        let (raw, brotli) = (files.raw_bytes as f64 / 1e6, files.brotli_bytes as f64 / 1e6);
        let _ = writeln!(text, "\nEngine {}: {raw:.2} MB, {brotli:.2} MB as brotli.", files.build);
    }
    if !report.text_errors.is_empty() {
        let mut rows = vec![
            ["model", "recordings", "words wrong", "letters wrong"].map(str::to_owned).to_vec(),
        ];
        for error in &report.text_errors {
            rows.push(vec![
                error.model.clone(),
                error.recordings.clone(),
                format!("{:.1} %", error.word_error),
                format!("{:.1} %", error.letter_error),
            ]);
        }
        text.push('\n');
        write_rows(&mut text, &rows);
    }
    if let Some(waits) = &report.waits {
        let mut rows = vec![
            ["after letting go of the talk button", "median", "95 in 100"]
                .map(str::to_owned)
                .to_vec(),
        ];
        for (what, samples) in [
            ("the words are there", &waits.transcript_ms),
            ("the reply begins", &waits.first_word_ms),
        ] {
            let middle = median(samples).unwrap_or(f64::NAN);
            let late = percentile(samples, 95.0).unwrap_or(f64::NAN);
            rows.push(vec![what.to_owned(), format!("{middle:.0} ms"), format!("{late:.0} ms")]);
        }
        text.push('\n');
        write_rows(&mut text, &rows);
    }
    let mut skip = |what: String, why: &str| {
        let _ = writeln!(text, "\nNot measured: {what}, because {why}.");
    };
    for skipped in &report.skipped {
        skip(skipped.what.clone(), &skipped.why);
    }
    for run in &report.runs {
        for skipped in &run.skipped {
            skip(format!("{} {}, {}", run.model, skipped.what, column(&run.build)), &skipped.why);
        }
    }
    text
}

fn rows(report: &Report) -> Vec<Vec<String>> {
    let builds = builds(report);
    let row = |model: &str, figure: &str, unit: &str, cell: &dyn Fn(&Run) -> Option<String>| {
        let mut row = [model, figure, unit].map(str::to_owned).to_vec();
        row.extend(
            builds
                .iter()
                .map(|build| run_of(report, model, build).and_then(cell).unwrap_or_default()),
        );
        row
    };
    let mut rows = vec![header(&builds)];
    for (model, kind) in lines(report) {
        rows.push(row(&model, kind.name(), kind.unit().name(), &|run| {
            Some(format!("{:.1}", run.figure(kind)?.median))
        }));
    }
    for model in models(report) {
        rows.push(row(&model, "peak memory", "MB", &|run| run.peak_wasm_bytes.map(megabytes)));
        rows.push(row(&model, "of it in models", "MB", &|run| Some(megabytes(run.held_bytes))));
        rows.push(row(&model, "peak over weights and cache", "x", &|run| {
            Some(format!("{:.2}", run.peak_over_needed()?))
        }));
    }
    rows
}

fn megabytes(bytes: u64) -> String {
    format!("{:.0}", bytes as f64 / 1e6)
}

fn header(builds: &[EngineBuild]) -> Vec<String> {
    let mut header = ["model", "figure", "unit"].map(str::to_owned).to_vec();
    header.extend(builds.iter().map(column));
    header
}

fn column(build: &EngineBuild) -> String {
    format!("{} x{}", build.name, build.threads)
}

fn builds(report: &Report) -> Vec<EngineBuild> {
    distinct(report.runs.iter().map(|run| run.build.clone()))
}

fn models(report: &Report) -> Vec<String> {
    distinct(report.runs.iter().map(|run| run.model.clone()))
}

fn lines(report: &Report) -> Vec<(String, Kind)> {
    distinct(
        report
            .runs
            .iter()
            .flat_map(|run| run.figures.iter().map(|figure| (run.model.clone(), figure.kind))),
    )
}

fn run_of<'a>(report: &'a Report, model: &str, build: &EngineBuild) -> Option<&'a Run> {
    report.runs.iter().find(|run| run.model == model && run.build == *build)
}

fn distinct<T: PartialEq>(all: impl Iterator<Item = T>) -> Vec<T> {
    all.fold(Vec::new(), |mut found, one| {
        if !found.contains(&one) {
            found.push(one);
        }
        found
    })
}

/// Columns as wide as their widest cell; numbers to the right.
fn write_rows(text: &mut String, rows: &[Vec<String>]) {
    let columns = rows.first().map_or(0, Vec::len);
    let widths: Vec<usize> = (0..columns)
        .map(|column| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0))
        .collect();
    for (index, row) in rows.iter().enumerate() {
        for (column, (cell, width)) in row.iter().zip(&widths).enumerate() {
            let _ = if column < 2 {
                write!(text, "| {cell:<width$} ")
            } else {
                write!(text, "| {cell:>width$} ")
            };
        }
        text.push_str("|\n");
        if index == 0 {
            for (column, width) in widths.iter().enumerate() {
                let end = if column < 2 { "-" } else { ":" };
                let _ = write!(text, "|{}{end}", "-".repeat(width + 1));
            }
            text.push_str("|\n");
        }
    }
}

#[cfg(test)]
mod tests {
    use bella_measure::Figure;

    use super::*;

    #[test]
    fn builds_stand_side_by_side() {
        let run = |name: &str, threads, decode: f64| Run {
            build: EngineBuild { name: name.to_owned(), threads },
            model: "m".to_owned(),
            weights_bytes: 1_000_000,
            held_bytes: 1_500_000,
            cache_bytes: 600_000,
            peak_wasm_bytes: Some(2_000_000),
            figures: Figure::of(Kind::Decode, vec![decode]).into_iter().collect(),
            skipped: Vec::new(),
        };
        let report = Report {
            runs: vec![run("baseline", 1, 20.0), run("turbo", 2, 300.25)],
            ..Report::default()
        };
        let table = table(&report);
        let lines: Vec<&str> = table.lines().filter(|line| line.starts_with('|')).collect();
        assert_eq!(
            lines,
            [
                "| model | figure                      |     unit | baseline x1 | turbo x2 |",
                "|-------|-----------------------------|---------:|------------:|---------:|",
                "| m     | decode                      | tokens/s |        20.0 |    300.2 |",
                "| m     | peak memory                 |       MB |           2 |        2 |",
                "| m     | of it in models             |       MB |           2 |        2 |",
                "| m     | peak over weights and cache |        x |        1.25 |     1.25 |",
            ]
        );
    }
}
