//! The review of finished batches: it lies at the server; who may take which step is told here, by the same rules.

use std::path::Path;

use viruj_api::{
    deviations::DeviationEvidence,
    record_signing::SignRecord,
    reviews::{
        AcceptException, AnswerQuery, AskProduction, BatchReview, ReleaseBlocker, ReviewException, ReviewListQuery,
        ReviewQuery,
    },
    station::{
        QueryKey,
        reviews::{
            AcceptReviewException, AnswerReviewQuery, AskAboutBatch, ReleaseDocuments, ReviewDeviationView,
            ReviewExceptionView, ReviewList, ReviewListRequest, ReviewPhaseView, ReviewQueryView, ReviewStepName,
            ReviewStepView, ReviewView, SignReviewStep,
        },
    },
};
use viruj_client::{Certificate, Client, ClientError, RecordForm, ReviewAction};
use viruj_domain::{
    ids::{BatchId, PhaseId, UserId},
    person::Acting,
    review::{self, ExceptionKind, Findings, Hands, QueryStatus, ReviewRefusal, ReviewStep},
};

use super::{StationCore, batch_record::write_all, deviations::evidence};
use crate::{StationError, secrets::SecretText};

/// Rows of a page.
const PAGE: u32 = 100;

impl StationCore {
    /// One page of the plant's batches that wait for quality assurance.
    ///
    /// # Errors
    /// The server cannot be reached or refuses.
    pub async fn list_reviews(&self, request: &ReviewListRequest) -> Result<ReviewList, StationError> {
        let query = ReviewListQuery {
            limit: Some(PAGE),
            cursor: request.cursor.clone(),
            plant_id: Some(self.own_plant()?),
            search: request.search.clone(),
        };
        let page = self
            .at_server(|client, token| {
                let query = query.clone();
                async move { client.reviews(token.expose(), &query).await }
            })
            .await?;
        Ok(ReviewList { items: page.items, next_cursor: page.next_cursor, time_zone: self.status().await.time_zone })
    }

    /// The review of one batch, with what the person may do with it.
    ///
    /// # Errors
    /// The server cannot be reached or refuses.
    pub async fn batch_review(&self, batch: &str) -> Result<ReviewView, StationError> {
        let id = BatchId::from(batch);
        let review = self
            .at_server(|client, token| {
                let id = id.clone();
                async move { client.batch_review(token.expose(), &id).await }
            })
            .await?;
        self.review_view(review).await
    }

    /// Judges something out of the ordinary.
    ///
    /// # Errors
    /// The server cannot be reached or refuses, for example because it is not what was shown.
    pub async fn accept_review_exception(&self, accept: &AcceptReviewException) -> Result<ReviewView, StationError> {
        let id = BatchId(accept.batch_id.clone());
        let request = AcceptException {
            kind: accept.kind,
            subject: accept.subject,
            evidence: accept.evidence.parse().map_err(|_| StationError::BadInput)?,
            comment: accept.comment.clone(),
        };
        self.change_review(|client, token| {
            let (id, request) = (id.clone(), request.clone());
            async move { client.accept_exception(token.expose(), &id, &request).await }
        })
        .await
    }

    /// Asks production about a batch or one of its phases.
    ///
    /// # Errors
    /// The server cannot be reached or refuses.
    pub async fn ask_about_batch(&self, ask: &AskAboutBatch) -> Result<ReviewView, StationError> {
        let (id, key) = (BatchId(ask.batch_id.clone()), ask.request_key.to_string());
        let request = AskProduction { phase_id: ask.phase_id.map(PhaseId), question: ask.question.clone() };
        self.change_review(|client, token| {
            let (id, key, request) = (id.clone(), key.clone(), request.clone());
            async move { client.ask_production(token.expose(), &id, &key, &request).await }
        })
        .await
    }

    /// Answers a question of quality assurance.
    ///
    /// # Errors
    /// The server cannot be reached or refuses.
    pub async fn answer_review_query(&self, answer: &AnswerReviewQuery) -> Result<ReviewView, StationError> {
        let (id, query) = (BatchId(answer.batch_id.clone()), (answer.query_id, answer.version));
        let request = AnswerQuery { answer: answer.answer.clone() };
        self.change_review(|client, token| {
            let (id, request) = (id.clone(), request.clone());
            async move { client.answer_query(token.expose(), &id, query, &request).await }
        })
        .await
    }

    /// Signs the review, the release or the rejection of a batch, or the closing of a query; the server checks the
    /// password and attests it.
    ///
    /// # Errors
    /// The server cannot be reached or refuses, for example because the content is not the one that was shown.
    pub async fn sign_review_step(&self, step: &SignReviewStep) -> Result<ReviewView, StationError> {
        let id = BatchId(step.batch_id.clone());
        let request: SignRecord = self.signed(Some(&step.signature), &step.reason).await?;
        let bad = |_| StationError::BadInput;
        let action = match step.step {
            ReviewStepName::Sign => ReviewAction::Sign,
            ReviewStepName::Release => ReviewAction::Release,
            ReviewStepName::Reject => ReviewAction::Reject,
            ReviewStepName::CloseQuery => {
                let query = (step.query_id.ok_or(StationError::BadInput)?, step.version.parse().map_err(bad)?);
                return self
                    .change_review(|client, token| {
                        let (id, request) = (id.clone(), request.clone());
                        async move { client.close_query(token.expose(), &id, query, &request).await }
                    })
                    .await;
            }
            // They are not signed.
            ReviewStepName::Accept | ReviewStepName::Ask | ReviewStepName::Answer => {
                return Err(StationError::BadInput);
            }
        };
        let version: i64 = step.version.parse().map_err(bad)?;
        self.change_review(|client, token| {
            let (id, request) = (id.clone(), request.clone());
            async move { client.sign_review(token.expose(), &id, version, (action, &request)).await }
        })
        .await
    }

    /// Writes the documents of a decided batch into the folder, all of them or none.
    ///
    /// # Errors
    /// The server cannot be reached or refuses; a file cannot be written.
    pub async fn write_release_documents(&self, batch: &str, folder: &Path) -> Result<ReleaseDocuments, StationError> {
        let id = BatchId::from(batch);
        let number = self.batch_review(batch).await?.number;
        let number: String =
            number.chars().map(|letter| if letter.is_ascii_alphanumeric() { letter } else { '-' }).collect();
        let stamp = self.now().format("%Y%m%d-%H%M%S%3f");
        let mut files = Vec::new();
        for (name, ending, form) in
            [("batch-record", "json", RecordForm::Json), ("batch-record", "pdf", RecordForm::Pdf)]
        {
            let path = folder.join(format!("{name}-{number}-{stamp}.{ending}"));
            files.push((path, self.record_file(&id, form).await?));
        }
        for (name, certificate) in
            [("certificate-of-analysis", Certificate::OfAnalysis), ("batch-certificate", Certificate::OfBatch)]
        {
            let file = self
                .at_server(|client, token| {
                    let id = id.clone();
                    async move { client.certificate(token.expose(), &id, certificate).await }
                })
                .await?;
            files.push((folder.join(format!("{name}-{number}-{stamp}.pdf")), file));
        }
        let paths = files.iter().map(|(path, _)| path.display().to_string()).collect();
        super::blocking(move || write_all(&files)).await??;
        Ok(ReleaseDocuments { files: paths })
    }

    /// Asks for a change and shows what has become of it; whoever looks at reviews reads them anew, refused or not.
    async fn change_review<Asked>(&self, ask: impl Fn(Client, SecretText) -> Asked) -> Result<ReviewView, StationError>
    where
        Asked: Future<Output = Result<BatchReview, ClientError>>,
    {
        let changed = self.at_server(ask).await;
        self.tell(&[QueryKey::Reviews]);
        // What a decision makes of the batch comes back through the feed.
        self.wake.notify_one();
        self.review_view(changed?).await
    }

    async fn review_view(&self, review: BatchReview) -> Result<ReviewView, StationError> {
        let person = self.session()?.person;
        let is_of_this_plant = self.own_plant()? == review.batch.plant_id;
        let acting = Acting { id: &person.id, role: person.role, is_active: is_of_this_plant };
        let time_zone = self.status().await.time_zone;
        Ok(view(review, acting, time_zone))
    }
}

/// The review as one person sees it.
fn view(review: BatchReview, person: Acting<'_>, time_zone: String) -> ReviewView {
    let told = Told::of(&review);
    let place = |id: Option<PhaseId>| {
        let line = review.phases.iter().find(|line| Some(line.phase.id) == id);
        line.map(|line| (line.phase.number, line.phase.definition.title.clone()))
    };
    let exception = |exception: &ReviewException| {
        let deviation = review.deviations.iter().find(|row| row.id.0 == exception.subject);
        let (number, title) = place(exception.phase_id).unzip();
        let refusal = told.accepting(exception, person);
        ReviewExceptionView {
            phase_number: number,
            phase_title: title,
            deviation: deviation.map(|row| row.code.clone()),
            waits: exception.decision.is_none() && refusal != Err(ReviewRefusal::NotAuthorised),
            refusal: refusal.err().map(|refusal| refusal.code().to_owned()),
            exception: exception.clone(),
        }
    };
    let query = |query: &ReviewQuery| ReviewQueryView {
        phase_number: place(query.phase_id).map(|(number, _)| number),
        step: told.query_step(query, person),
        query: query.clone(),
    };
    let steps = [ReviewStep::Ask, ReviewStep::Sign, ReviewStep::Release, ReviewStep::Reject];
    ReviewView {
        exceptions: review.exceptions.iter().map(exception).collect(),
        queries: review.queries.iter().map(query).collect(),
        steps: steps.into_iter().filter_map(|step| told.step(step, person)).collect(),
        deviations: review
            .deviations
            .iter()
            .map(|row| ReviewDeviationView {
                id: row.id.0,
                code: row.code.clone(),
                severity: row.severity,
                status: row.status,
                description: row.description.clone(),
                disposition: row.disposition,
                phase_number: place(row.phase_id).map(|(number, _)| number),
            })
            .collect(),
        batch_id: review.batch.id.0,
        number: review.batch.number,
        product: review.batch.product,
        quantity: review.batch.quantity.to_string(),
        unit: review.batch.unit,
        status: review.batch.status,
        release_status: review.batch.release_status,
        version: review.batch.version.to_string(),
        content_hash: review.content_hash,
        time_zone,
        tests: review.tests,
        signatures: review.signatures,
        blockers: review.blockers,
        phases: review
            .phases
            .into_iter()
            .map(|line| ReviewPhaseView {
                id: line.phase.id.0,
                status: line.phase.status,
                evidence: evidence(DeviationEvidence { phase: line.phase, entries: line.entries }),
            })
            .collect(),
    }
}

/// A review as the rules take it.
struct Told<'a> {
    review: &'a BatchReview,
    findings: Findings,
    hands: Hands,
}

impl<'a> Told<'a> {
    fn of(review: &'a BatchReview) -> Self {
        let waits = |exception: &&ReviewException| exception.decision.is_none();
        let ids = |people: &[viruj_api::deviations::NamedPerson]| -> Vec<UserId> {
            people.iter().map(|person| person.id.clone()).collect()
        };
        // Which files have arrived is known to the server alone.
        let missing = |blocker: &ReleaseBlocker| match blocker {
            ReleaseBlocker::AttachmentMissing { number, file } => Some((*number, file.clone())),
            _ => None,
        };
        let findings = Findings {
            phases: review.phases.iter().map(|line| (line.phase.number, line.phase.status)).collect(),
            unreviewed: review.exceptions.iter().filter(waits).map(|exception| exception.kind).collect(),
            queries: review.queries.iter().map(|query| (query.number, query.status)).collect(),
            deviations: review.deviations.iter().map(|row| (row.code.clone(), row.severity, row.status)).collect(),
            tests: review.tests.iter().map(|test| (test.test.clone(), test.conclusion)).collect(),
            missing_attachments: review.blockers.iter().filter_map(missing).collect(),
            is_reviewed: !review.reviewers.is_empty(),
        };
        let hands = Hands { workers: ids(&review.workers), reviewers: ids(&review.reviewers) };
        Self { review, findings, hands }
    }

    fn check(&self, step: ReviewStep, person: Acting<'_>) -> Result<(), ReviewRefusal> {
        review::check(step, self.review.batch.status, &self.findings, &self.hands, person)
    }

    fn accepting(&self, exception: &ReviewException, person: Acting<'_>) -> Result<(), ReviewRefusal> {
        self.check(ReviewStep::Accept, person)?;
        let is_it = |row: &&viruj_api::batches::DeviationRow| {
            exception.kind == ExceptionKind::Deviation && row.id.0 == exception.subject
        };
        let deviation = self.review.deviations.iter().find(is_it).map(|row| (row.severity, row.status));
        review::check_acceptable(deviation)
    }

    /// The step, when the person's role could ever take it.
    fn step(&self, step: ReviewStep, person: Acting<'_>) -> Option<ReviewStepView> {
        step_view(step, self.check(step, person))
    }

    /// What the person's role could do with the query.
    fn query_step(&self, query: &ReviewQuery, person: Acting<'_>) -> Option<ReviewStepView> {
        let step = match query.status {
            QueryStatus::Open => ReviewStep::Answer,
            QueryStatus::Answered => ReviewStep::CloseQuery,
            QueryStatus::Closed => return None,
        };
        let checked = self
            .check(step, person)
            .and_then(|()| review::query_step(query.status, &query.asked_by.id, step, person.id).map(drop));
        step_view(step, checked)
    }
}

fn step_view(step: ReviewStep, checked: Result<(), ReviewRefusal>) -> Option<ReviewStepView> {
    let refusal = match checked {
        Ok(()) => None,
        Err(ReviewRefusal::NotAuthorised) => return None,
        Err(refusal) => Some(refusal.code().to_owned()),
    };
    Some(ReviewStepView { step: name_of(step), meaning: step.meaning(), refusal })
}

fn name_of(step: ReviewStep) -> ReviewStepName {
    match step {
        ReviewStep::Accept => ReviewStepName::Accept,
        ReviewStep::Ask => ReviewStepName::Ask,
        ReviewStep::Answer => ReviewStepName::Answer,
        ReviewStep::CloseQuery => ReviewStepName::CloseQuery,
        ReviewStep::Sign => ReviewStepName::Sign,
        ReviewStep::Release => ReviewStepName::Release,
        ReviewStep::Reject => ReviewStepName::Reject,
    }
}
