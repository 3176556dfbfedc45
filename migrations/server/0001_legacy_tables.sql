-- The tables of the legacy system, in exactly its shape.
--
-- On a plant's own database they are there already, with their rows: nothing of this file then takes effect.
-- On an empty database they are made, so that both start the next migration alike.
-- What this project adds to them comes in later files, as additional columns only.

CREATE TABLE IF NOT EXISTS plants (
    id character varying NOT NULL,
    name character varying NOT NULL,
    region character varying NOT NULL,
    running_lines integer DEFAULT 0,
    oee numeric(5,2) DEFAULT 0,
    yield_value numeric(5,2) DEFAULT 0,
    open_qa_holds integer DEFAULT 0,
    inventory_value numeric(15,2) DEFAULT 0,
    manager_id character varying,
    last_updated timestamp with time zone DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT plants_pkey PRIMARY KEY (id)
);

CREATE TABLE IF NOT EXISTS users (
    id character varying NOT NULL,
    name character varying NOT NULL,
    email character varying NOT NULL,
    hashed_password character varying NOT NULL,
    role character varying NOT NULL,
    department character varying NOT NULL,
    plant_id character varying,
    is_active boolean DEFAULT true,
    created_at timestamp with time zone DEFAULT CURRENT_TIMESTAMP,
    updated_at timestamp with time zone,
    CONSTRAINT users_email_key UNIQUE (email),
    CONSTRAINT users_pkey PRIMARY KEY (id)
);

CREATE TABLE IF NOT EXISTS materials (
    id character varying NOT NULL,
    name character varying NOT NULL,
    type character varying NOT NULL,
    default_unit character varying NOT NULL,
    created_at timestamp with time zone DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT materials_pkey PRIMARY KEY (id)
);

CREATE TABLE IF NOT EXISTS production_batches (
    id character varying NOT NULL,
    product_name character varying NOT NULL,
    batch_number character varying NOT NULL,
    status character varying NOT NULL,
    start_date timestamp with time zone NOT NULL,
    end_date timestamp with time zone,
    quantity numeric(10,2) NOT NULL,
    unit character varying NOT NULL,
    assigned_to character varying,
    officer_id character varying,
    plant_id character varying NOT NULL,
    qa_release_status character varying DEFAULT 'Pending'::character varying,
    bmr_status character varying DEFAULT 'Incomplete'::character varying,
    final_yield numeric(5,2),
    qa_officer_id character varying,
    hold_reason text,
    created_at timestamp with time zone DEFAULT CURRENT_TIMESTAMP,
    updated_at timestamp with time zone,
    CONSTRAINT production_batches_batch_number_key UNIQUE (batch_number),
    CONSTRAINT production_batches_pkey PRIMARY KEY (id)
);

CREATE TABLE IF NOT EXISTS gate_entries (
    id uuid NOT NULL,
    entry_code character varying(16) NOT NULL,
    material_name character varying NOT NULL,
    material_category character varying,
    po_number character varying,
    vehicle_name character varying,
    vehicle_number character varying NOT NULL,
    driver_name character varying,
    driver_contact character varying,
    supplier_name character varying,
    document_number character varying,
    quantity numeric(12,3),
    uom character varying,
    remarks text,
    seal_intact boolean DEFAULT true,
    status character varying DEFAULT 'Awaiting GRN'::character varying,
    plant_id character varying,
    created_by character varying,
    created_by_name character varying,
    created_at timestamp with time zone DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT gate_entries_entry_code_key UNIQUE (entry_code),
    CONSTRAINT gate_entries_pkey PRIMARY KEY (id)
);

CREATE TABLE IF NOT EXISTS goods_receipt_notes (
    id uuid NOT NULL,
    gate_entry_id uuid NOT NULL,
    entry_code character varying(16) NOT NULL,
    po_number character varying NOT NULL,
    delivery_challan character varying,
    quantity_received numeric(12,3),
    remarks text,
    status character varying DEFAULT 'Awaiting QA'::character varying,
    created_by character varying,
    created_by_name character varying,
    created_at timestamp with time zone DEFAULT CURRENT_TIMESTAMP,
    updated_at timestamp with time zone DEFAULT CURRENT_TIMESTAMP,
    supplier_name character varying(150),
    supplier_address text,
    supplier_location character varying(150),
    supplier_contact character varying(100),
    document_status character varying(60) DEFAULT 'Goods Received'::character varying,
    document_date date,
    delivery_date date,
    period character varying(40),
    reference character varying(80),
    comment text,
    items jsonb,
    net_total numeric(14,2),
    vat_total numeric(14,2),
    gross_total numeric(14,2),
    grn_code character varying(20) NOT NULL,
    CONSTRAINT goods_receipt_notes_pkey PRIMARY KEY (id),
    CONSTRAINT goods_receipt_notes_gate_entry_id_fkey FOREIGN KEY (gate_entry_id) REFERENCES gate_entries(id) ON DELETE CASCADE
);

CREATE TABLE IF NOT EXISTS quality_samples (
    id uuid NOT NULL,
    grn_id uuid,
    entry_code character varying(16),
    product_name character varying(200) NOT NULL,
    batch_number character varying(100),
    sample_type character varying(50) DEFAULT 'FG'::character varying,
    sample_date date DEFAULT CURRENT_DATE,
    due_date date,
    status character varying(50) DEFAULT 'Pending'::character varying,
    analyst_id character varying(100),
    requested_by character varying(100),
    requested_by_name character varying(200),
    priority character varying(20) DEFAULT 'Medium'::character varying,
    qa_notes text,
    created_at timestamp with time zone DEFAULT CURRENT_TIMESTAMP,
    updated_at timestamp with time zone DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT quality_samples_pkey PRIMARY KEY (id),
    CONSTRAINT quality_samples_grn_id_fkey FOREIGN KEY (grn_id) REFERENCES goods_receipt_notes(id) ON DELETE SET NULL
);

CREATE TABLE IF NOT EXISTS quality_tests (
    id uuid NOT NULL,
    sample_id uuid NOT NULL,
    test_name character varying(200) NOT NULL,
    method character varying(200),
    status character varying(50) DEFAULT 'Not Started'::character varying,
    assigned_to character varying(100),
    instrument_id character varying(100),
    submitted_on timestamp with time zone,
    reviewed_by character varying(100),
    manager_notes text,
    submitted_by character varying(100),
    result_data jsonb,
    qa_officer_id character varying(100),
    qa_officer_notes text,
    qa_officer_recommendation character varying(20),
    qa_manager_decision character varying(20),
    qa_manager_decision_notes text,
    material_disposition character varying(100),
    created_at timestamp with time zone DEFAULT CURRENT_TIMESTAMP,
    updated_at timestamp with time zone DEFAULT CURRENT_TIMESTAMP,
    warehouse_action character varying(20),
    warehouse_notes text,
    warehouse_acknowledged_at timestamp with time zone,
    CONSTRAINT quality_tests_pkey PRIMARY KEY (id),
    CONSTRAINT quality_tests_sample_id_fkey FOREIGN KEY (sample_id) REFERENCES quality_samples(id) ON DELETE CASCADE
);

CREATE TABLE IF NOT EXISTS notifications (
    id character varying NOT NULL,
    user_id character varying NOT NULL,
    title character varying NOT NULL,
    message text NOT NULL,
    type character varying DEFAULT 'info'::character varying,
    is_read boolean DEFAULT false,
    created_at timestamp with time zone DEFAULT CURRENT_TIMESTAMP,
    read_at timestamp with time zone,
    CONSTRAINT notifications_pkey PRIMARY KEY (id)
);

CREATE INDEX IF NOT EXISTS idx_batches_assigned_to ON production_batches (assigned_to);
CREATE INDEX IF NOT EXISTS idx_batches_batch_number ON production_batches (batch_number);
CREATE INDEX IF NOT EXISTS idx_batches_created_at ON production_batches (created_at DESC);
CREATE INDEX IF NOT EXISTS idx_batches_plant_date ON production_batches (plant_id, created_at DESC);
CREATE INDEX IF NOT EXISTS idx_batches_plant_id ON production_batches (plant_id);
CREATE INDEX IF NOT EXISTS idx_batches_plant_status ON production_batches (plant_id, status);
CREATE INDEX IF NOT EXISTS idx_batches_status ON production_batches (status);
CREATE INDEX IF NOT EXISTS idx_gate_entries_created_at ON gate_entries (created_at DESC);
CREATE INDEX IF NOT EXISTS idx_gate_entries_month ON gate_entries (entry_code);
CREATE INDEX IF NOT EXISTS idx_gate_entries_status ON gate_entries (status);
CREATE UNIQUE INDEX IF NOT EXISTS idx_grn_code ON goods_receipt_notes (grn_code);
CREATE INDEX IF NOT EXISTS idx_grn_entry_code ON goods_receipt_notes (entry_code);
CREATE INDEX IF NOT EXISTS idx_grn_status ON goods_receipt_notes (status);
CREATE INDEX IF NOT EXISTS idx_materials_name ON materials (name);
CREATE INDEX IF NOT EXISTS idx_materials_type ON materials (type);
CREATE INDEX IF NOT EXISTS idx_notifications_created_at ON notifications (created_at DESC);
CREATE INDEX IF NOT EXISTS idx_notifications_unread ON notifications (user_id, is_read) WHERE (is_read = false);
CREATE INDEX IF NOT EXISTS idx_notifications_user_id ON notifications (user_id);
CREATE INDEX IF NOT EXISTS idx_quality_samples_analyst ON quality_samples (analyst_id);
CREATE INDEX IF NOT EXISTS idx_quality_samples_grn ON quality_samples (grn_id);
CREATE INDEX IF NOT EXISTS idx_quality_samples_status ON quality_samples (status);
CREATE INDEX IF NOT EXISTS idx_quality_tests_assigned ON quality_tests (assigned_to);
CREATE INDEX IF NOT EXISTS idx_quality_tests_sample ON quality_tests (sample_id);
CREATE INDEX IF NOT EXISTS idx_quality_tests_status ON quality_tests (status);
CREATE INDEX IF NOT EXISTS idx_users_active ON users (is_active) WHERE (is_active = true);
CREATE INDEX IF NOT EXISTS idx_users_department ON users (department);
CREATE INDEX IF NOT EXISTS idx_users_email ON users (email);
CREATE INDEX IF NOT EXISTS idx_users_plant_id ON users (plant_id);
CREATE INDEX IF NOT EXISTS idx_users_role ON users (role);
